"""Goods at cost: items, what of them is on hand and what it is worth, counts. Knows no document."""

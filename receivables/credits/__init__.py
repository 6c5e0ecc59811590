"""What lowers an invoice: credit memos, discounts, write-offs, prepayments."""

"""The open-item sub-ledger: what is owed, what settles it, and the proof per day that the control accounts agree.

A document, a settling entry, a booking by hand: whatever moves a control account opens an item, and an allocation ties
a debit item to a credit item from one day until another. Nothing else settles.
"""

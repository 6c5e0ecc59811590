"""The ledger's endpoints of the Bookkeeping contract, by noun."""

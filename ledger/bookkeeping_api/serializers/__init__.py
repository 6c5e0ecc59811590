"""The shapes of the ledger's records in the Bookkeeping contract, by noun."""

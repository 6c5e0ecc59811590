"""The shapes of receivables in the Bookkeeping contract."""

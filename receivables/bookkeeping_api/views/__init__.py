"""What receivables do in the Bookkeeping contract."""

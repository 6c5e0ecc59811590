"""The shapes of receivables in the Backfill contract, one module per noun."""

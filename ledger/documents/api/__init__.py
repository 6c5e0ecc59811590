"""The shapes that all business documents share in the Backfill contract, for receivables and payables alike."""

"""What customers owe, in the Backfill contract."""

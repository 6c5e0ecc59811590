"""Backfill: one double-entry ledger behind two HTTP APIs and an admin."""

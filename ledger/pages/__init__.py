"""The ledger in the admin: every page, its place in the sidebar, and what it adds to dashboard and search."""

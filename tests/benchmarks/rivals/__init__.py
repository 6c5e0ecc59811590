"""Scripts that other ledgers run in environments of their own. They import nothing of ours.

`DATABASE_URL=… python script.py ENTRIES` posts two-line entries one by one and prints what that took as JSON.
"""

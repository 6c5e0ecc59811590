"""The document types of receivables, a page each: the description, and the policy that no other type has.

Columns are in models/, postings in postings.py, what goes beyond one document's life in services/. The rest follows
from the descriptions.
"""

"""Journals brought in from files: the product's own CSV layout and DATEV posting batches.

`csv_journal` and `datev` are the doors; each reads the file twice, first to check every line, then to post all
of it in one transaction. The other modules each know one thing about files: encoding, number and date formats,
column titles, DATEV headers, rows and tax keys.
"""

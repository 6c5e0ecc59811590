"""Invoices and credit memos on paper: what they say (content), and the PDF (typst).

They are printed when asked for. The same document prints to the same bytes, so that nothing needs to be kept but what
was sent; that is kept as it was sent (`services.sending`), because letterhead and addresses change.
"""

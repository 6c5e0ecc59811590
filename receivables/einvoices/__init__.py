"""Electronic invoices by EN 16931: the data of an invoice or credit memo under the standard's own names (BT-…, BG-…),
written as Factur-X/ZUGFeRD (a PDF/A-3 with the XML in it) and as XRechnung.
"""

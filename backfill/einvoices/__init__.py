"""E-invoices by EN 16931: business terms in; CII, UBL and hybrid PDF out; the rules they keep. Knows no ledger."""

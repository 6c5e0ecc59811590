"""Invoices that recur."""

"""Invoices of the agency to its clients: numbered without gaps, posted, and paid by transfer (event 7)."""

"""The invoices of a case as they stand: what of each was paid, came off it, is disputed and is still open."""

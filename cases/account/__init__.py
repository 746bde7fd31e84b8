"""What a debtor owes a client, line by line: invoices, credits, corrections, payments and the balance on a day."""

"""Money that waits: nobody knows whose it is, or a dispute keeps it from the claim. It is the debtors', never ours."""

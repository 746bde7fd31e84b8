"""Money that nobody claims: in suspense or owed to debtors for years, and told to the state where its law says so."""

"""Three sides of one sum on any day: what the bank says, what our ledger says, and whose money it is."""

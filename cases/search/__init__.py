"""Finding things: cases, debtors and clients by a few letters or digits."""

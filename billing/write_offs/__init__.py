"""What is given up of a claim by itself, without a settlement: proposed by one person, approved by another, undone again."""

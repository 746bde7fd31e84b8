"""What is wrong with the clients' money at the bank stands before whoever looks after it, until it is right again."""

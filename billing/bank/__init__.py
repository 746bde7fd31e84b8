"""The agency's bank accounts, and what the bank says of them: files are read, and each line is kept once and for ever."""

"""The days by which clients' money must be at the bank, paid on and proved, by the law that an agency works under."""

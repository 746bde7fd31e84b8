"""Interest on a case: what applies to it, what has accrued on any day, and how that comes into the books."""

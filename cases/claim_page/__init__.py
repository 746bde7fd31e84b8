"""The debtor's own page: a private link, a proof, and what may be done there without an account."""

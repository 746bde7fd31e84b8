"""Bank accounts and statements of banks."""

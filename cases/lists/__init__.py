"""The list of cases: narrowed, ordered, page by page, and as a file."""

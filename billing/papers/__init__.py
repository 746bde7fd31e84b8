"""Papers: documents that are set once and kept as they were sent, whatever they are about."""

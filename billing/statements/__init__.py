"""What each client is told about a remittance: the page, the file and the document."""

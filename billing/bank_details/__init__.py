"""The accounts into which debtors pay: kept in versions, changed by two people, and shown with a reference and a QR code."""

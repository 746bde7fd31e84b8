"""Money that the debtor paid to the client itself: reported by either, checked by finance, posted with its fee."""

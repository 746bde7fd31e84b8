"""Money that a debtor paid too much: kept in the trust account (T2030) until it is paid back or pays another claim."""

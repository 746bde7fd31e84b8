"""Files of banks, read into statements: camt, MT940 and MT942, tables. Nothing here knows the database."""

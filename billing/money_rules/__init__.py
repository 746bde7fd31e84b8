"""How an agency books and holds money: the limit of matching, and days of hold by channel."""

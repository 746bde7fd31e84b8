"""A client corrects what it claims: a new figure with its reason, never another one in the place of the old."""

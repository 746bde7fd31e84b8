"""Paying clients what was recovered for them: prepared, reviewed, approved by another person, paid, closed."""

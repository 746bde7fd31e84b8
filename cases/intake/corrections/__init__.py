"""Rows of a checked placement corrected by hand, before they are handed over."""

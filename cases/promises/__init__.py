"""Promises to pay: made, judged, kept or broken."""

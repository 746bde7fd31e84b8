"""Receipts for debtors: numbered without gaps, made by a job after each payment, kept as they were sent."""

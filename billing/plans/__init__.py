"""Agreements to pay: instalment plans and settlements, from the first sketch to the last instalment."""

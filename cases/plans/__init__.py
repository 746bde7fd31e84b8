"""Agreements to pay as facts of a case: how they stand, and what of them ends with it. They are made in `billing.plans`."""

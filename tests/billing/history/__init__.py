"""A history of everything that people, banks and the processor do to the money, for `tests.billing.test_any_history`."""

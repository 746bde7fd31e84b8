"""The ledger to read: what stood on every account on any day, what moved it, and the journals to take home."""

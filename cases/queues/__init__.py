"""The order of work: which case comes next, and why."""

"""Files by which a bank pays: what clients get of a run, and what goes back to those who paid too much."""

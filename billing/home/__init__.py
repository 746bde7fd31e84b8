"""The client's home: what became of its claims, what waits for it, what happens."""

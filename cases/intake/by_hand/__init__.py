"""One case typed by hand: kept as a draft while it is written, then handed over as a placement of its own."""

"""Money that arrives short, because banks kept something of it on the way: who bears that, and what is credited."""

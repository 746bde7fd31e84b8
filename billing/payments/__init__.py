"""Money received on cases: how it is divided, booked, shown and taken back."""

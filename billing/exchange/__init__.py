"""Money paid out in another currency than it was collected in: quoted, approved, exchanged, paid."""

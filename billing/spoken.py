"""Figures and dates inside a message that is spoken later, in the language of whoever reads it."""

from collections.abc import Callable


class Spoken:
    """A value for a message's parameter, written when the message is printed: ``Spoken(date_full, day)``."""

    __slots__ = ("values", "write")

    def __init__(self, write: Callable[..., str], *values: object) -> None:
        self.write = write
        self.values = values

    def __str__(self) -> str:
        return self.write(*self.values)

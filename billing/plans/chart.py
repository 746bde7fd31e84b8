"""The balance of a plan going down step by step, as the geometry of a picture; the table beside it says the same."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from billing.plans.terms import Schedule

WIDTH: Final = 880
HEIGHT: Final = 96
MOST_LABELS: Final = 10


@dataclass(frozen=True, slots=True)
class Step:
    """What is left from one payment to the next: a bar from ``x``, ``width`` wide and ``height`` high."""

    x: float
    width: float
    height: float
    left_minor: int
    until: date
    labelled: bool

    @property
    def y(self) -> float:
        """Where the bar begins, from above."""
        return HEIGHT - self.height


def steps(made: Schedule) -> list[Step]:
    """The steps from today's balance to nought. A label stands on as many as have room for it."""
    terms, total = made.terms, made.terms.total_minor
    days = max(1, (made.ends_on - terms.made_on).days)
    every = -(-len(made.lines) // MOST_LABELS)
    found, since, left = [], terms.made_on, total
    for place, line in enumerate(made.lines):
        x = WIDTH * (since - terms.made_on).days / days
        width = WIDTH * (line.due_on - since).days / days
        found.append(
            Step(round(x, 1), round(width, 1), round(HEIGHT * left / total, 1), left, line.due_on, place % every == 0)
        )
        since, left = line.due_on, line.left_minor
    return found

"""How long a measurement lasts: long enough to mean something, or just long enough to see that it works."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """``rounds`` of ours and the other in turns; each lasts ``seconds``, or takes ``turns`` of something counted."""

    rounds: int
    seconds: float
    turns: int


QUICK = Pace(rounds=1, seconds=0.4, turns=5)
THOROUGH = Pace(rounds=5, seconds=3.0, turns=200)

ENOUGH = 10_000
"""With fewer cases everything is quick and nothing means much."""


def pace_for(cases: int) -> Pace:
    """The pace that suits so many cases."""
    return THOROUGH if cases >= ENOUGH else QUICK

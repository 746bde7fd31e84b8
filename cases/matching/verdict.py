"""What follows from a score: linked, shown to a person, or left apart."""

from enum import StrEnum

from cases.matching.score import Score
from cases.matching.weights import ASK, LINK


class Verdict(StrEnum):
    """What is done with two debtors."""

    LINK = "link"
    """They are one, beyond a person's doubt."""
    ASK = "ask"
    """A person decides."""
    APART = "apart"
    """Too little speaks for it to trouble anybody."""


def verdict(score: Score) -> Verdict:
    """What follows from a score, by the thresholds of `weights`."""
    if score.total >= LINK:
        return Verdict.LINK
    return Verdict.ASK if score.total >= ASK else Verdict.APART

"""Which case comes next: first its band, then a score that says out of what it is made.

Bands: limitation ends in under 60 days, callback due, promise broken today, plan in grace, score. Score = 100 ×
(0.30·ln(1+balance)/ln(100,001) + 0.25·min(1, days past due/180) + 0.20·chance + 0.15·min(1, broken/2) +
0.10·near limitation), each term clamped to 1.
"""

import math
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import IntEnum, StrEnum
from functools import lru_cache


def _ln(number: Decimal) -> Decimal:
    """To sixteen digits; Decimal's own logarithm takes fifteen times as long, and a placement needs it for each case."""
    return Decimal(math.log(number))


_ZERO, _ONE, _HUNDRED = Decimal(0), Decimal(1), Decimal(100)
_TENTH = Decimal("0.1")
_LARGE = _ln(Decimal(100_001))
NEAR_LIMITATION_DAYS = 60


class Band(IntEnum):
    """What comes before the score. The lower the number, the sooner the case is worked."""

    LIMITATION = 1
    """The limitation period ends in under 60 days."""
    CALLBACK = 2
    """A callback is due."""
    BROKEN_TODAY = 3
    """A promise was found broken today."""
    GRACE = 4
    """An instalment plan is in grace."""
    SCORE = 5
    """Everything else, by score."""


class TermName(StrEnum):
    """The parts of a score."""

    BALANCE = "balance"
    """What is owed, in the agency's base currency."""
    AGE = "age"
    """Days past due."""
    CHANCE = "chance"
    """The estimated chance of payment."""
    BROKEN = "broken"
    """Broken promises."""
    LIMITATION = "limitation"
    """Whether limitation is near."""


_WEIGHTS = {
    TermName.BALANCE: Decimal("0.30"),
    TermName.AGE: Decimal("0.25"),
    TermName.CHANCE: Decimal("0.20"),
    TermName.BROKEN: Decimal("0.15"),
    TermName.LIMITATION: Decimal("0.10"),
}


@dataclass(frozen=True, slots=True)
class PaymentSigns:
    """What is known about how the debtor behaves. None of it: nothing is known, and the chance is a half.

    ``reachable`` is whether any contact point of the debtor works, None when that was never tried.
    """

    kept: int = 0
    partly_kept: int = 0
    broken: int = 0
    calls: int = 0
    right_party_contacts: int = 0
    reachable: bool | None = None
    days_past_due: int = 0


@dataclass(frozen=True, slots=True)
class ScoreFacts:
    """What a case's place in the queue depends on.

    ``balance`` is in major units of the agency's base currency, converted at a dated rate. ``chance`` is between 0
    and 1 (see ``chance_of_payment``). ``limitation_ends`` is the last day to act, None when unknown.
    """

    balance: Decimal
    days_past_due: int
    broken: int = 0
    chance: Decimal = Decimal("0.5")
    limitation_ends: date | None = None
    callback_due: bool = False
    promise_broken_today: bool = False
    plan_in_grace: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a score and the points it brings, exact."""

    name: TermName
    points: Decimal


@dataclass(frozen=True, slots=True)
class Score:
    """A case's place: its band, the score to one decimal, and the terms that add up to it before rounding."""

    band: Band
    terms: tuple[Term, ...]
    total: Decimal

    @property
    def order(self) -> tuple[int, Decimal]:
        """Ascending order puts the most urgent case first."""
        return self.band, -self.total

    def leading(self, count: int = 3) -> tuple[tuple[TermName, int], ...]:
        """The terms that bring most, in whole points, for the line that says why: balance 26, age 19, chance 8."""
        ranked = sorted(self.terms, key=lambda term: -term.points)
        rounded = [(term.name, int(term.points.quantize(_ONE, ROUND_HALF_UP))) for term in ranked]
        return tuple((name, points) for name, points in rounded if points)[:count]

    def as_facts(self) -> dict[str, str]:
        """Each term's points to one decimal, for JSON."""
        return {term.name.value: str(term.points.quantize(_TENTH, ROUND_HALF_UP)) for term in self.terms}


def score(facts: ScoreFacts, today: date) -> Score:
    """A case's band and score on a day. A credit balance, or one not due yet, counts as nothing."""
    parts = {
        TermName.BALANCE: _ln(1 + max(_ZERO, facts.balance)) / _LARGE,
        TermName.AGE: Decimal(max(0, facts.days_past_due)) / 180,
        TermName.CHANCE: max(_ZERO, facts.chance),
        TermName.BROKEN: Decimal(max(0, facts.broken)) / 2,
        TermName.LIMITATION: _ONE if limitation_is_near(facts.limitation_ends, today) else _ZERO,
    }
    terms = tuple(Term(name, _HUNDRED * _WEIGHTS[name] * min(_ONE, part)) for name, part in parts.items())
    total = sum((term.points for term in terms), _ZERO).quantize(_TENTH, ROUND_HALF_UP)
    return Score(band(facts, today), terms, total)


def band(facts: ScoreFacts, today: date) -> Band:
    """The first band whose condition holds."""
    if limitation_is_near(facts.limitation_ends, today):
        return Band.LIMITATION
    if facts.callback_due:
        return Band.CALLBACK
    if facts.promise_broken_today:
        return Band.BROKEN_TODAY
    return Band.GRACE if facts.plan_in_grace else Band.SCORE


def limitation_is_near(limitation_ends: date | None, today: date) -> bool:
    """Whether the period ends in under 60 days. One that has ended can't be saved any more and is not near."""
    return limitation_ends is not None and 0 <= (limitation_ends - today).days < NEAR_LIMITATION_DAYS


@lru_cache(maxsize=4096)  # a placement of a hundred thousand knows nothing of its debtors but how old each claim is
def chance_of_payment(signs: PaymentSigns) -> Decimal:
    """An estimate between 0.05 and 0.95 that anybody can add up: a half, moved by what the debtor did.

    +0.15 for each promise kept and +0.05 for each partly kept, together at most +0.30; −0.10 for each broken, at most
    −0.20; +0.10 once the right person was spoken to, −0.10 when five calls never reached them; −0.15 when no contact
    point works; up to −0.15 with age, in full at two years past due. The weights are the house's judgement, not
    statistics.
    """
    chance = Decimal("0.5")
    chance += min(Decimal("0.30"), Decimal("0.15") * signs.kept + Decimal("0.05") * signs.partly_kept)
    chance -= min(Decimal("0.20"), Decimal("0.10") * signs.broken)
    if signs.right_party_contacts:
        chance += Decimal("0.10")
    elif signs.calls >= 5:
        chance -= Decimal("0.10")
    if signs.reachable is False:
        chance -= Decimal("0.15")
    chance -= Decimal("0.15") * min(_ONE, Decimal(max(0, signs.days_past_due)) / 730)
    return min(Decimal("0.95"), max(Decimal("0.05"), chance))

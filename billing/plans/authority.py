"""Who may agree to what: the negotiator, a supervisor, or only the client itself. Pure rules over data.

The ladder of a settlement: negotiators go down to the client's floor, supervisors ten points lower, below that the client
decides. A plan is theirs as long as it ends soon enough for its amount and enough of it comes first. Nobody approves
what they offered themselves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, Final

from billing.plans.terms import Schedule
from cases.plans.standing import BREAKS, BreakRules


class Rung(IntEnum):
    """Whose word is needed, each above the one before."""

    OWN = 1
    """The negotiator's own."""
    SUPERVISOR = 2
    """Of somebody who leads negotiators, and did not make the offer."""
    CLIENT = 3
    """The client's, in the portal."""


class Matter(StrEnum):
    """What is looked at."""

    LENGTH = "length"
    """How many months it takes."""
    FIRST = "first"
    """The first payment, in per cent of what is to be paid."""
    OFFER = "offer"
    """A settlement's amount, in per cent of what is owed."""
    PAYMENTS = "payments"
    """In how many payments a settlement comes."""
    DAYS = "days"
    """In how many days the last payment of a settlement is due."""
    FORGIVEN = "forgiven"
    """How much is forgiven."""
    KEPT = "kept"
    """What a write-off leaves of the claim, in per cent, with all that was written off before."""


@dataclass(frozen=True, slots=True)
class Length:
    """The longest plans for balances up to ``up_to_minor`` (None: any), in months."""

    up_to_minor: int | None
    own_months: int
    supervisor_months: int


@dataclass(frozen=True, slots=True)
class Floor:
    """The least that negotiators settle for, in per cent of the balance, of claims past due for under ``under_days`` and
    balances under ``under_minor`` (None: any)."""

    under_days: int | None
    under_minor: int | None
    percent: Decimal

    def holds_for(self, days_past_due: int, balance_minor: int) -> bool:
        """Whether a claim falls under it."""
        young = self.under_days is None or days_past_due < self.under_days
        return young and (self.under_minor is None or balance_minor < self.under_minor)


@dataclass(frozen=True, slots=True)
class Ladder:
    """The limits of one client, or of an agency's clients without their own. Amounts are minor units of ``currency``.

    Of lengths and floors the first that fits a claim holds; the last of each fits all. ``supervisor_points`` lie
    between the floor of negotiators and that of their supervisors. What is forgiven above ``most_forgiven_minor``, and
    settlements in more payments or days than these, are the client's to decide. With ``debtor_may`` debtors agree to
    plans within the negotiators' limits by themselves, on the page of their claim; else each of theirs is a proposal.
    ``person_breaks`` and ``company_breaks`` say when an agreement is broken, by the debtor's kind.
    """

    currency: str
    lengths: tuple[Length, ...] = (Length(None, 9, 12),)
    own_first_percent: Decimal = Decimal(10)
    supervisor_first_percent: Decimal = Decimal(5)
    floors: tuple[Floor, ...] = (Floor(None, None, Decimal(100)),)
    supervisor_points: Decimal = Decimal(10)
    most_payments: int = 3
    longest_days: int = 90
    most_forgiven_minor: int | None = None
    debtor_may: bool = True
    person_breaks: BreakRules = BREAKS["person"]
    company_breaks: BreakRules = BREAKS["company"]

    def __post_init__(self) -> None:
        if not self.lengths or self.lengths[-1].up_to_minor is not None:
            raise ValueError("the last length fits every balance")
        if not self.floors or (self.floors[-1].under_days, self.floors[-1].under_minor) != (None, None):
            raise ValueError("the last floor fits every claim")

    def length_for(self, balance_minor: int) -> Length:
        """The longest plans for a balance."""
        return next(line for line in self.lengths if line.up_to_minor is None or balance_minor <= line.up_to_minor)

    def floor_for(self, days_past_due: int, balance_minor: int) -> Floor:
        """The least that negotiators settle a claim for."""
        return next(line for line in self.floors if line.holds_for(days_past_due, balance_minor))

    def breaks_for(self, debtor_kind: str) -> BreakRules:
        """When an agreement with a debtor of this kind is broken."""
        return self.person_breaks if debtor_kind == "person" else self.company_breaks


SHIPPED_FLOORS: Final = (
    (100, 5_000, Decimal(80)),
    (100, None, Decimal(75)),
    (None, None, Decimal(65)),
)
"""Days past due, balance in major units, per cent: what an agency starts from."""


def shipped(currency: str, exponent: int) -> Ladder:
    """The limits of an agency that has not set its own."""
    return Ladder(
        currency,
        floors=tuple(
            Floor(days, None if major is None else major * 10**exponent, percent)
            for days, major, percent in SHIPPED_FLOORS
        ),
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """What the ladder looks at of a case. Amounts are in the ladder's currency, at the rate of the day."""

    balance_minor: int
    forgiven_minor: int
    days_past_due: int


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: its value, and the limits up to which it is the negotiator's and the supervisor's."""

    matter: Matter
    rung: Rung
    value: Decimal
    own: Decimal | None
    supervisor: Decimal | None

    def as_facts(self) -> dict[str, str | None]:
        """As it is kept with the agreement."""
        limits = {"own": self.own, "supervisor": self.supervisor}
        told = {name: None if limit is None else f"{limit:f}" for name, limit in limits.items()}
        return {"matter": self.matter.value, "rung": self.rung.name.lower(), "value": f"{self.value:f}", **told}

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "Check":
        """As it was kept."""
        own, supervisor = (None if facts[name] is None else Decimal(facts[name]) for name in ("own", "supervisor"))
        rung = Rung[facts["rung"].upper()]
        return cls(Matter(facts["matter"]), rung, Decimal(facts["value"]), own, supervisor)


@dataclass(frozen=True, slots=True)
class Authority:
    """Whose word an agreement needs, and why."""

    rung: Rung
    checks: tuple[Check, ...]


def authority(ladder: Ladder, schedule: Schedule, claim: Claim) -> Authority:
    """Whose word an agreement needs: the highest of all that is looked at."""
    looks = _settlement(ladder, schedule, claim) if schedule.terms.is_settlement else _plan(ladder, schedule, claim)
    checks = tuple(looks)
    return Authority(max(check.rung for check in checks), checks)


def _plan(ladder: Ladder, schedule: Schedule, claim: Claim) -> Iterator[Check]:
    length = ladder.length_for(claim.balance_minor)
    yield at_most(
        Matter.LENGTH, Decimal(schedule.months), Decimal(length.own_months), Decimal(length.supervisor_months)
    )
    if len(schedule.lines) > 1:  # what is paid at once, whole, needs no first part
        yield at_least(Matter.FIRST, schedule.first_percent, ladder.own_first_percent, ladder.supervisor_first_percent)


def _settlement(ladder: Ladder, schedule: Schedule, claim: Claim) -> Iterator[Check]:
    terms = schedule.terms
    floor = ladder.floor_for(claim.days_past_due, claim.balance_minor).percent
    offered = Decimal(100 * terms.total_minor) / terms.owed.total_minor
    # Judged exactly, shown to one decimal: 79.96 % is not 80 %.
    yield at_least(Matter.OFFER, offered, floor, max(Decimal(0), floor - ladder.supervisor_points))
    for matter, value, limit in (
        (Matter.PAYMENTS, len(schedule.lines), ladder.most_payments),
        (Matter.DAYS, (schedule.ends_on - terms.made_on).days, ladder.longest_days),
    ):
        yield at_most(matter, Decimal(value), Decimal(limit), Decimal(limit))
    if ladder.most_forgiven_minor is not None:
        most = Decimal(ladder.most_forgiven_minor)
        yield at_most(Matter.FORGIVEN, Decimal(claim.forgiven_minor), most, most)


def at_most(matter: Matter, value: Decimal, own: Decimal, supervisor: Decimal) -> Check:
    """Whose word it needs that a value is no more than the limits."""
    rung = Rung.OWN if value <= own else Rung.SUPERVISOR if value <= supervisor else Rung.CLIENT
    return Check(matter, rung, value, own, supervisor)


def at_least(matter: Matter, value: Decimal, own: Decimal, supervisor: Decimal) -> Check:
    """Whose word it needs that a value is no less than the limits."""
    rung = Rung.OWN if value >= own else Rung.SUPERVISOR if value >= supervisor else Rung.CLIENT
    return Check(matter, rung, value, own, supervisor)


def as_content(ladder: Ladder) -> dict[str, Any]:
    """Limits as they are stored."""
    return {
        "currency": ladder.currency,
        "lengths": [[line.up_to_minor, line.own_months, line.supervisor_months] for line in ladder.lengths],
        "own_first_percent": f"{ladder.own_first_percent:f}",
        "supervisor_first_percent": f"{ladder.supervisor_first_percent:f}",
        "floors": [[line.under_days, line.under_minor, f"{line.percent:f}"] for line in ladder.floors],
        "supervisor_points": f"{ladder.supervisor_points:f}",
        "most_payments": ladder.most_payments,
        "longest_days": ladder.longest_days,
        "most_forgiven_minor": ladder.most_forgiven_minor,
        "debtor_may": ladder.debtor_may,
        "person_breaks": asdict(ladder.person_breaks),
        "company_breaks": asdict(ladder.company_breaks),
    }


def _breaks_in(content: Mapping[str, Any], debtor_kind: str) -> BreakRules:
    kept = content.get(f"{debtor_kind}_breaks")
    return BREAKS[debtor_kind] if kept is None else BreakRules(**kept)


def ladder_in(content: Mapping[str, Any]) -> Ladder:
    """Limits as they were stored."""
    return Ladder(
        currency=content["currency"],
        lengths=tuple(Length(*line) for line in content["lengths"]),
        own_first_percent=Decimal(content["own_first_percent"]),
        supervisor_first_percent=Decimal(content["supervisor_first_percent"]),
        floors=tuple(Floor(days, minor, Decimal(percent)) for days, minor, percent in content["floors"]),
        supervisor_points=Decimal(content["supervisor_points"]),
        most_payments=content["most_payments"],
        longest_days=content["longest_days"],
        most_forgiven_minor=content["most_forgiven_minor"],
        debtor_may=content.get("debtor_may", True),
        # Versions from before they were kept here: those that ship.
        person_breaks=_breaks_in(content, "person"),
        company_breaks=_breaks_in(content, "company"),
    )

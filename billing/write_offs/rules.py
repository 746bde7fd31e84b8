"""What may be written off, off which parts of a claim it comes, and whose word it needs. Pure rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from billing.parts import Parts
from billing.payments.allocation import allocate
from billing.plans.authority import Authority, Check, Ladder, Matter, at_least, at_most
from billing.write_offs.words import How
from cases.write_offs import Reason
from portal.errors import Refused
from portal.ledger.tables import Component
from portal.pages.text import N_

ORDER: Final = (Component.INTEREST, Component.COSTS, Component.PRINCIPAL)
"""Off what an amount comes first when nobody names the parts: what was added to the claim, before the claim itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A write-off as somebody entered it. Amounts are minor units of the case's currency; None was left empty."""

    how: How
    reason: Reason | None
    note: str = ""
    amount_minor: int | None = None
    """Of a part."""
    named: tuple[int | None, int | None, int | None] = (None, None, None)
    """Of named parts: principal, interest and costs."""


def divide(wanted: Wanted, owed: Parts) -> Parts:
    """What comes off each part of the claim; it is never more than is owed on it, and never nothing.

    Raises:
        Refused: it is no amount that could be written off; it names the field.
    """
    match wanted.how:
        case How.ALL:
            parts = owed
        case How.PART:
            parts = _part(wanted.amount_minor, owed)
        case How.NAMED:
            parts = _named(wanted.named, owed)
    if wanted.reason is Reason.GOODWILL and parts.principal_minor:
        raise Refused(
            N_("Goodwill is for interest and costs alone. Principal needs another reason."),
            field="reason",
            code="principal",
        )
    return parts


def _part(amount_minor: int | None, owed: Parts) -> Parts:
    if amount_minor is None:
        raise Refused(N_("Please fill this in."), field="amount", code="missing")
    if not 0 < amount_minor <= owed.total_minor:
        raise Refused(N_("Above zero, and no more than is owed."), field="amount", code="out_of_range")
    return allocate(amount_minor, owed, ORDER).parts


def _named(named: tuple[int | None, ...], owed: Parts) -> Parts:
    amounts = {component: minor or 0 for component, minor in zip(Component, named, strict=True)}
    for component, minor in amounts.items():
        if not 0 <= minor <= owed.on(component):
            raise Refused(N_("No more than is owed on it."), field=str(component), code="out_of_range")
    if not any(amounts.values()):
        raise Refused(N_("Please fill this in."), field="principal", code="missing")
    return Parts.of(amounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How much of a claim would be given up with it, with what was given up before. Minor units of the case's currency,
    and of the currency of the limits."""

    claimed_minor: int
    forgiven_minor: int
    claimed_in_limits_minor: int
    forgiven_in_limits_minor: int
    days_past_due: int

    @property
    def kept_percent(self) -> Decimal:
        """What is left of the claim, paid or owed, in per cent."""
        return Decimal(100 * (self.claimed_minor - self.forgiven_minor)) / self.claimed_minor


def whose_word(ladder: Ladder, share: Share) -> Authority:
    """Whose word a write-off needs besides that of who proposes it, by the floors of settlements.

    What counts is all that was given up of the claim, so that two small ones are not less than a large one. Within the
    negotiators' limits it is a colleague's.
    """
    checks = tuple(_looks(ladder, share))
    return Authority(max(check.rung for check in checks), checks)


def _looks(ladder: Ladder, share: Share) -> Iterator[Check]:
    floor = ladder.floor_for(share.days_past_due, share.claimed_in_limits_minor).percent
    lowest = max(Decimal(0), floor - ladder.supervisor_points)
    yield at_least(Matter.KEPT, share.kept_percent, floor, lowest)
    if ladder.most_forgiven_minor is not None:
        most = Decimal(ladder.most_forgiven_minor)
        yield at_most(Matter.FORGIVEN, Decimal(share.forgiven_in_limits_minor), most, most)

"""What is credited of money that arrived short, and who bears what banks kept of it. Pure.

Where the debtor bears it, what arrived is credited and the rest stays owed. Where the client does, the debtor is credited
with what it sent, and the client's funds with what arrived; the fee is on what arrived, since nobody earns on what nobody
has. Where the agency does, the client has all of it, the agency pays in what is missing as it does for any bank charge
(event 17), and the fee is on all of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum


class Bearer(StrEnum):
    """Who bears what banks keep of a payment."""

    DEBTOR = "debtor"
    CLIENT = "client"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortTerms:
    """Who bears it, and up to which amount: by currency, as a part of what was sent, or where both are given, by both."""

    bearer: Bearer = Bearer.DEBTOR
    percent: Decimal | None = None
    amounts: Mapping[str, int] = field(default_factory=dict)

    def tolerates(self, sent_minor: int, arrived_minor: int, currency: str) -> bool:
        """Whether so little is missing that somebody else than the debtor bears it."""
        limits = [self.amounts[currency]] if self.amounts.get(currency) else []
        if self.percent:
            limits.append(int((sent_minor * self.percent).to_integral_value(rounding=ROUND_FLOOR)))
        is_other = self.bearer is not Bearer.DEBTOR
        return is_other and bool(limits) and 0 < sent_minor - arrived_minor <= min(limits)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Money that arrived short: what was sent, what arrived, who bears what banks kept. Minor units."""

    sent_minor: int
    arrived_minor: int
    bearer: Bearer
    is_told: bool = True
    """By the bank; otherwise it follows from what was expected."""

    @property
    def kept_minor(self) -> int:
        """What banks kept."""
        return self.sent_minor - self.arrived_minor

    def credited(self, open_minor: int) -> int:
        """What is credited to the debtor above what arrived, where so much is open: never more than is owed."""
        if self.bearer is Bearer.DEBTOR:
            return 0
        return min(self.kept_minor, max(0, open_minor - self.arrived_minor))

    def as_facts(self) -> dict[str, object]:
        """As it is kept with what is said of the payment."""
        return {"sent_minor": self.sent_minor, "arrived_minor": self.arrived_minor, "bearer": str(self.bearer)}


def shortfall(
    arrived_minor: int,
    currency: str,
    terms: ShortTerms,
    *,
    told_minor: int | None,
    charges_minor: int,
    expected: Sequence[int],
) -> Shortfall | None:
    """What is missing of money, or None where nothing is. ``told_minor`` is what the bank says was sent, ``charges_minor``
    what it says was kept, and ``expected`` what was promised, agreed or is owed.

    What a bank calls charges is in the amount of some and beside that of others: they count where they make up what was
    expected. Without the bank's word, an expected amount does within the tolerance alone.
    """
    if told_minor is not None and told_minor > arrived_minor:
        bearer = terms.bearer if terms.tolerates(told_minor, arrived_minor, currency) else Bearer.DEBTOR
        return Shortfall(told_minor, arrived_minor, bearer)
    near = sorted({minor for minor in expected if terms.tolerates(minor, arrived_minor, currency)})
    if arrived_minor in expected or not near:
        return None
    by_charges = [minor for minor in near if minor - arrived_minor == charges_minor]
    sent = (by_charges or near)[0]
    return Shortfall(sent, arrived_minor, terms.bearer, is_told=bool(by_charges))

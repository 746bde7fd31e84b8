"""What an agreement would bring: the fee on each payment and the client's net, by the fee agreement as it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from billing.fees.agreements import Version, pick
from billing.fees.rules import Facts, Fee, compute
from billing.plans.terms import Schedule


@dataclass(frozen=True, slots=True)
class Outlook:
    """The fee expected on each payment, in their order, in minor units."""

    schedule: Schedule
    fees: tuple[Fee, ...]

    @property
    def fee_minor(self) -> int:
        """The fees together."""
        return sum(fee.fee_minor for fee in self.fees)

    @property
    def net_minor(self) -> int:
        """What the client has of all payments, before VAT on the fee."""
        return self.schedule.to_pay_minor - self.fee_minor

    @property
    def rates(self) -> frozenset[Decimal]:
        """The rates that were used: one, where every payment bears the same."""
        return frozenset(fee.rate for fee in self.fees)


def outlook(schedule: Schedule, made: Sequence[Version], first: Facts) -> Outlook | None:
    """The fees, if every payment comes on its day; None where the client has no fee agreement.

    ``first`` holds the facts of the case as they are before the first payment; each payment sees those before it.
    """
    fees: list[Fee] = []
    facts = first
    for line in schedule.lines:
        version = pick(made, facts.placed_on, line.due_on)
        if version is None:
            return None
        facts = replace(facts, received_on=line.due_on, parts=line.parts)
        fee = compute(version.agreement, facts)
        fees.append(fee)
        facts = replace(
            facts,
            paid_before=facts.paid_before + line.parts,
            fees_before_minor=facts.fees_before_minor + fee.fee_minor,
        )
    return Outlook(schedule, tuple(fees))

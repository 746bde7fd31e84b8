"""What became of each cost: what debtors repaid goes to the oldest first, as far as no invoice asks for it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """A cost that the agency advanced and the debtor owes as well. Minor units."""

    id: UUID
    paid_on: date
    amount_minor: int
    invoiced_minor: int = 0


def taken_off(asked: Sequence[tuple[UUID, int]], minor: int) -> dict[UUID, int]:
    """What a credit note takes off each cost that an invoice asks for, the latest first, by its id; ``asked`` are those
    costs with what is still asked of each, the latest first.
    """
    found, left = {}, minor
    for cost_id, each in asked:
        if take := min(left, each):
            found[cost_id] = take
            left -= take
    return found


def spread(costs: Sequence[Advanced], repaid_minor: int) -> dict[UUID, int]:
    """What of each cost of a case is repaid, by its id. What is more than all of them stays out."""
    found, left = {}, repaid_minor
    for cost in sorted(costs, key=lambda each: (each.paid_on, each.id)):
        found[cost.id] = min(left, cost.amount_minor - cost.invoiced_minor)
        left -= found[cost.id]
    return found

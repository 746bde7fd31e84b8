"""How a payment is used up on a claim: by component in the client's order, or pro rata; what is too much stands apart.

Civil Code of China, article 561: costs first, then interest, then principal. Another order may be agreed per client.
"""

from dataclasses import dataclass

from billing.parts import Parts
from portal.ledger.tables import Component
from portal.money import split

CIVIL_CODE = (Component.COSTS, Component.INTEREST, Component.PRINCIPAL)
"""The order when nothing else was agreed."""

PRO_RATA = "pro_rata"
"""Instead of an order: each component in proportion to what is open on it."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """What a payment pays, and what of it is more than is owed. Minor units."""

    parts: Parts
    surplus_minor: int


def order_of(agreed: str) -> tuple[Component, ...] | None:
    """The order in a client's terms (``costs,interest,principal``); None stands for pro rata.

    Raises:
        ValueError: it names something else, or not every component once.
    """
    if agreed == PRO_RATA:
        return None
    order = tuple(Component(name) for name in agreed.split(","))
    if sorted(order) != sorted(Component):
        raise ValueError(f"{agreed!r} does not name every component once")
    return order


def allocate(amount_minor: int, owed: Parts, order: tuple[Component, ...] | None = CIVIL_CODE) -> Allocation:
    """Divide an amount over what is owed. The parts and the surplus always add up to it.

    Raises:
        ValueError: the amount is not above nought, or something owed is below it.
    """
    if amount_minor <= 0 or min(owed.amounts) < 0:
        raise ValueError("only money received is allocated, and only to what is owed")
    used = min(amount_minor, owed.total_minor)
    if order is None:
        shares = split(used, owed.amounts) if used else [0, 0, 0]
        return Allocation(Parts(*shares), amount_minor - used)
    paid: dict[Component, int] = {}
    left = used
    for component in order:
        paid[component] = min(left, owed.on(component))
        left -= paid[component]
    return Allocation(Parts.of(paid), amount_minor - used)


def allocate_on_day(
    amount_minor: int, owed: Parts, since: Parts, order: tuple[Component, ...] | None = CIVIL_CODE
) -> Parts:
    """What money pays that came on an earlier day, when what came to be owed ``since`` was not there yet.

    Where what was there does not take all of it, it is divided as if it came today; whether the books let it be dated so is
    for them to say. Raises as `allocate` does.
    """
    there = allocate(amount_minor, owed - since, order)
    return there.parts if not there.surplus_minor else allocate(amount_minor, owed, order).parts

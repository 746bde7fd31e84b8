"""An amount of a case, divided into the three components of its claim."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.ledger.tables import Component


@dataclass(frozen=True, slots=True)
class Parts:
    """Principal, interest and costs in minor units of the case's currency; negative in a reversal."""

    principal_minor: int = 0
    interest_minor: int = 0
    costs_minor: int = 0

    @classmethod
    def of(cls, amounts: dict[Component, int]) -> "Parts":
        """From amounts by component; what is not named is nought."""
        return cls(**{f"{component}_minor": amount for component, amount in amounts.items()})

    @property
    def total_minor(self) -> int:
        """All three together."""
        return self.principal_minor + self.interest_minor + self.costs_minor

    def on(self, component: Component) -> int:
        """What falls on one component."""
        return {
            Component.PRINCIPAL: self.principal_minor,
            Component.INTEREST: self.interest_minor,
            Component.COSTS: self.costs_minor,
        }[component]

    def on_any(self, components: Iterable[Component]) -> int:
        """What falls on some components together."""
        return sum(self.on(component) for component in set(components))

    def __add__(self, other: "Parts") -> "Parts":
        return Parts(*(mine + theirs for mine, theirs in zip(self.amounts, other.amounts, strict=True)))

    def __sub__(self, other: "Parts") -> "Parts":
        return self + -other

    def __neg__(self) -> "Parts":
        return Parts(*(-amount for amount in self.amounts))

    @property
    def amounts(self) -> tuple[int, int, int]:
        """Principal, interest, costs."""
        return self.principal_minor, self.interest_minor, self.costs_minor

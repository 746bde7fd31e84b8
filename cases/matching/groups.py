"""Which debtors are one, taken together: those that links lead to from one another, known by the oldest of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

Pair = tuple[UUID, UUID]


def oldest_of(members: Iterable[UUID], links: Iterable[Pair]) -> dict[UUID, UUID]:
    """For each member the oldest that links lead to; ids are in the order of time. Who has no link is its own oldest."""
    oldest = {member: member for member in members}

    def find(member: UUID) -> UUID:
        while oldest[member] != member:
            member = oldest[member]
        return member

    for one, other in links:
        first, second = sorted((find(one), find(other)))
        oldest[second] = first
    return {member: find(member) for member in oldest}


@dataclass(slots=True)
class Groups:
    """Groups of debtors that links join one after the other, never against somebody's word.

    ``oldest`` gives each debtor's group by its oldest member, ``apart`` the pairs that a person said are two.
    """

    oldest: dict[UUID, UUID]
    apart: Collection[Pair]
    _members: dict[UUID, set[UUID]] = field(init=False)

    def __post_init__(self) -> None:
        self._members = members_of(self.oldest)

    def are_one(self, one: UUID, other: UUID) -> bool:
        """Whether links lead from one to the other already."""
        return self.oldest[one] == self.oldest[other]

    def barred(self, one: UUID, other: UUID) -> Pair | None:
        """A pair that would become one although somebody said it is two."""
        first, second = self._members[self.oldest[one]], self._members[self.oldest[other]]
        return next(
            (pair for pair in self.apart if (pair[0] in first and pair[1] in second)
             or (pair[1] in first and pair[0] in second)),
            None,
        )  # fmt: skip

    def join(self, one: UUID, other: UUID) -> None:
        """Make two groups one."""
        kept, gone = sorted((self.oldest[one], self.oldest[other]))
        if kept != gone:
            for member in self._members[gone]:
                self.oldest[member] = kept
            self._members[kept] |= self._members.pop(gone)


def members_of(oldest: Mapping[UUID, UUID]) -> dict[UUID, set[UUID]]:
    """The members of each group by its oldest."""
    members: dict[UUID, set[UUID]] = {}
    for member, first in oldest.items():
        members.setdefault(first, set()).add(member)
    return members

"""Which notices begin, change and end when one looks again. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from billing.notices.tables import NoticeKind

Key = tuple[str, str]
"""The kind of a notice, and what it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is wrong now. Minor units of ``currency``."""

    kind: NoticeKind
    about: str
    currency: str
    on_day: date
    account_name: str = ""
    amount_minor: int | None = None
    statement_id: UUID | None = None

    @property
    def key(self) -> Key:
        """What tells it from any other."""
        return self.kind, self.about


@dataclass(frozen=True, slots=True)
class Changes:
    """What looking again brings. Whoever may do something about it is written to of what began or is another amount."""

    begun: Sequence[Finding]
    changed: Mapping[UUID, Finding]
    moved: Mapping[UUID, Finding]
    """As wrong as before, by the figures of another day: nobody is told."""
    ended: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Stood:
    """A notice that stands."""

    id: UUID
    finding: Finding


def changes(stood: Sequence[Stood], found: Sequence[Finding]) -> Changes:
    """Compare what stands with what is wrong now: each finding is one notice, and what is right again has none."""
    before, now = {one.finding.key: one for one in stood}, {one.key: one for one in found}
    both = [(before[key].id, before[key].finding, now[key]) for key in before.keys() & now.keys()]
    return Changes(
        begun=[one for key, one in now.items() if key not in before],
        changed={id_: new for id_, old, new in both if old.amount_minor != new.amount_minor},
        moved={id_: new for id_, old, new in both if old.amount_minor == new.amount_minor and old != new},
        ended=[one.id for key, one in before.items() if key not in now],
    )

"""Which papers there are: how each is set, what the trail calls its making, and what follows once it is kept."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from portal.people.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A paper as it was set, not kept yet."""

    content: bytes
    language: str
    number: str
    file_name: str
    told_on: UUID
    """The subject under which the trail tells of it."""
    client_id: UUID
    case_id: UUID | None = None
    """The debtor's, where it is for the debtor: then it is no client's."""


Setter = Callable[[Actor, UUID, str | None], Awaitable[Document | None]]
"""Sets the paper of a subject within a transaction, in a language or in that of whom it is for; None: there is none."""
Follower = Callable[[Actor, UUID], Awaitable[None]]
"""What follows in the transaction that keeps it."""


@dataclass(slots=True)
class Kind:
    """A kind of paper."""

    name: str
    action: str
    subject: str
    setter: Setter
    followers: list[Follower] = field(default_factory=list)


KINDS: dict[str, Kind] = {}


def paper(name: str, *, action: str, subject: str) -> Callable[[Setter], Setter]:
    """Register what sets a kind of paper; its making is recorded as ``action`` on a ``subject``."""

    def register(setter: Setter) -> Setter:
        if name in KINDS:
            raise ValueError(f"two papers are called {name}")
        KINDS[name] = Kind(name, action, subject, setter)
        return setter

    return register


def once_kept(name: str) -> Callable[[Follower], Follower]:
    """Have this follow when a paper of a kind is kept: once, whoever made it."""

    def register(follower: Follower) -> Follower:
        KINDS[name].followers.append(follower)
        return follower

    return register

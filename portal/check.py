"""The outcome of one proof, as `portal verify` lists it, and the proofs that the packages above the shell bring."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Check:
    """What was proved, whether it held, and in words what was looked at or what is wrong."""

    name: str
    ok: bool
    detail: str


Prove = Callable[[UUID], Awaitable[tuple[int, list[str]]]]
"""Proves something of one agency, in a job's transaction that only reads; gives how much was looked at, and the faults."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Something that is proved of each agency. ``looked_at`` has a place for how much was."""

    name: str
    looked_at: str
    prove: Prove


PROOFS: list[Proof] = []


def proof(name: str, looked_at: str) -> Callable[[Prove], Prove]:
    """Have `portal verify` prove this as well, under a name that says what holds."""

    def register(prove: Prove) -> Prove:
        PROOFS.append(Proof(name, looked_at, prove))
        return prove

    return register

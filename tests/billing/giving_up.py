"""Write-offs for tests, each step in a transaction of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from billing.write_offs.decide import decide
from billing.write_offs.propose import propose, withdraw
from billing.write_offs.register import WriteOffFile
from billing.write_offs.rules import Wanted
from billing.write_offs.undo import undo
from billing.write_offs.words import How
from cases.write_offs import Reason
from portal import clock
from portal.identity import new_id
from portal.tenancy.database import transaction
from tests.billing.money import NOON
from tests.people import Person


def all_of_it(reason: Reason = Reason.CLIENT_AGREED, **changed: Any) -> Wanted:
    """All that is left."""
    return Wanted(**({"how": How.ALL, "reason": reason, "note": "Agreed by mail"} | changed))


def part(amount_minor: int | None, reason: Reason = Reason.UNECONOMICAL, **changed: Any) -> Wanted:
    """A part of it, off interest and costs first."""
    return all_of_it(reason, **({"how": How.PART, "amount_minor": amount_minor} | changed))


async def proposed(
    person: Person, case_id: UUID, wanted: Wanted | None = None, token: UUID | None = None, *, at: datetime = NOON
) -> WriteOffFile:
    """Propose a write-off."""
    with clock.at(at):
        async with transaction(person.actor.scope):
            return await propose(person.actor, case_id, wanted or all_of_it(), token or new_id())


async def decided(
    person: Person, write_off_id: UUID, approved: bool = True, answer: str = "", *, at: datetime = NOON, **more: Any
) -> WriteOffFile:
    """Say yes or no."""
    with clock.at(at):
        async with transaction(person.actor.scope):
            return await decide(person.actor, write_off_id, approved=approved, answer=answer, **more)


async def withdrawn(person: Person, write_off_id: UUID) -> WriteOffFile:
    """Take a proposal back."""
    with clock.at(NOON):
        async with transaction(person.actor.scope):
            return await withdraw(person.actor, write_off_id)


async def undone(person: Person, write_off_id: UUID, because: str = "An heir turned up") -> WriteOffFile:
    """Have it owed again."""
    with clock.at(NOON):
        async with transaction(person.actor.scope):
            return await undo(person.actor, write_off_id, because)


async def written_off(
    proposer: Person, approver: Person, case_id: UUID, wanted: Wanted | None = None, *, at: datetime = NOON
) -> WriteOffFile:
    """Proposed by one and approved by another."""
    return await decided(approver, (await proposed(proposer, case_id, wanted, at=at)).id, at=at)

"""Reports of payments to the client for tests, each step in a transaction of its own."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from billing.direct.decide import accept, decline
from billing.direct.register import Report, load_report
from billing.direct.report import Paid, Said, answer, report_paid
from portal import clock
from portal.identity import new_id
from portal.people.actor import Actor
from portal.tenancy.database import transaction
from tests.billing.money import NOON, TODAY
from tests.people import Person


async def reported(
    actor: Actor, case_id: UUID, amount_minor: int | None, on: date | None = TODAY, *,
    token: UUID | None = None, another: bool = False, document: UUID | None = None, at: datetime = NOON,
) -> Report:  # fmt: skip
    """Report a payment to the client."""
    paid = Paid(amount_minor=amount_minor, paid_on=on, note="by transfer", another=another, document_id=document)
    with clock.at(at):
        async with transaction(actor.scope):
            return await report_paid(actor, case_id, paid, token or new_id())


async def said(person: Person, report_id: UUID, has_it: bool = True, amount_minor: int | None = None) -> Report:
    """The client says whether it was paid."""
    with clock.at(NOON):
        async with transaction(person.actor.scope):
            return await answer(person.actor, report_id, Said(has_it, amount_minor, None, "seen on the bank"))


async def accepted(person: Person, report_id: UUID, amount_minor: int, on: date = TODAY) -> UUID:
    """Post it."""
    with clock.at(NOON):
        async with transaction(person.actor.scope):
            return await accept(person.actor, report_id, amount_minor, on)


async def declined(person: Person, report_id: UUID, why: str = "It never came.") -> None:
    """Do not post it."""
    with clock.at(NOON):
        async with transaction(person.actor.scope):
            await decline(person.actor, report_id, why)


async def report_now(actor: Actor, report_id: UUID) -> Report:
    """The report as it is now."""
    async with transaction(actor.scope, read_only=True):
        return await load_report(actor, report_id)

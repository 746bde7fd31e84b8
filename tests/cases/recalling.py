"""Recalls and corrections for tests, each in a transaction of its own."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from cases.corrections.correct import correct
from cases.corrections.register import CorrectionFile
from cases.corrections.rules import Wanted
from cases.recall.ask import ask_back
from portal import clock
from portal.ledger.tables import Component
from portal.tenancy.database import transaction
from tests.billing.money import NOON, TODAY
from tests.people import Person


async def ask(person: Person, case_id: UUID, reason: str = "business_relation", *, at: datetime = NOON) -> UUID:
    """Ask for a case back."""
    with clock.at(at):
        async with transaction(person.actor.scope):
            return await ask_back(person.actor, case_id, reason)


async def claim(
    person: Person,
    case_id: UUID,
    after_minor: int,
    kind: str = "credit_note",
    *,
    component: Component = Component.PRINCIPAL,
    on: date = TODAY,
    at: datetime = NOON,
    shown: str | None = None,
) -> CorrectionFile:
    """Claim another figure."""
    wanted = Wanted(kind=kind, component=component, after_minor=after_minor, reason="CN 17", on=on)
    with clock.at(at):
        async with transaction(person.actor.scope):
            return await correct(person.actor, case_id, wanted, shown=shown)

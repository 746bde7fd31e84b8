"""A debtor as an actor, and what debtors do, each step in a transaction of its own."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from billing.claim_page.accept import Acceptance, accept, paper_of
from billing.claim_page.propose import Choice, propose, wish_of
from billing.plans.terms import Rhythm
from cases.casework import load_case
from cases.plans.register import PlanFile, load_plan
from portal import clock
from portal.people.actor import Actor
from portal.people.permissions import Role
from portal.tenancy.database import as_job, transaction
from tests.billing.money import NOON, TODAY
from tests.people import Agency

IN_A_WEEK = TODAY + timedelta(days=7)


def debtor_of(agency: Agency, case_id: UUID) -> Actor:
    """The debtor of a case, proved."""
    return Actor(
        kind="debtor",
        agency_id=agency.id,
        agency_name=agency.name,
        base_currency=agency.currency,
        role=Role.DEBTOR,
        name="Müller Maschinenbau GmbH",
        case_id=case_id,
        time_zone="Europe/Berlin",
    )


def choice(**changed: Any) -> Choice:
    """A tenth in a week, then three monthly instalments."""
    said: dict[str, Any] = {
        "down_minor": 10_000,
        "first_on": IN_A_WEEK,
        "count": 3,
        "amount_minor": None,
        "rhythm": Rhythm.MONTH,
    }
    return Choice(**(said | changed))


async def proposed(debtor: Actor, what: Choice | None = None, *, at: datetime = NOON) -> UUID:
    """Draw a plan up and put it forward."""
    with clock.at(at):
        async with transaction(debtor.scope):
            assert debtor.case_id is not None
            case = await load_case(debtor, debtor.case_id)
            today: date = at.date()
            return await propose(debtor, wish_of(what or choice(), case, today, "en"))


async def digest_of(agency_id: UUID, plan_id: UUID) -> str:
    """The digest of the document that an agreement's page shows."""
    from portal.people.actor import system

    actor = system(agency_id)
    async with transaction(as_job(agency_id), read_only=True):
        plan = await load_plan(actor, plan_id)
        return (await paper_of(actor, await load_case(actor, plan.case_id), plan)).hex()


async def accepted(debtor: Actor, plan_id: UUID, *, at: datetime = NOON, **changed: Any) -> PlanFile:
    """Agree online."""
    said: dict[str, Any] = {
        "name": "Jana Müller",
        "position": "Managing director",
        "agrees": True,
        "address": "203.0.113.7",
        **changed,
    }
    if "sha256" not in said:
        said["sha256"] = await digest_of(debtor.agency_id, plan_id)
    with clock.at(at):
        async with transaction(debtor.scope):
            return await accept(debtor, plan_id, Acceptance(**said))

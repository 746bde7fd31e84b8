"""Agreements to pay for tests, each step in a transaction of its own."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from billing.plans.agree import agree, give_up
from billing.plans.decide import decide
from billing.plans.offer import Draft, offer, save
from billing.plans.sketch import Wish
from cases.plans.follow import judge_due
from cases.plans.register import PlanFile, load_plan
from portal import clock
from portal.people.actor import Actor
from portal.tenancy.database import transaction
from tests.billing.money import NOON, TODAY
from tests.people import Person

IN_A_MONTH = date(2026, 12, 23)


def wish(**changed: Any) -> Wish:
    """Three months from the 23rd of December on, a tenth of it first."""
    said: dict[str, Any] = {
        "first_on": IN_A_MONTH,
        "valid_until": TODAY + timedelta(days=10),
        "down_minor": 10_000,
        "down_on": date(2026, 11, 30),
        "count": 3,
    }
    return Wish(**(said | changed))


def settlement(offer_minor: int, **changed: Any) -> Wish:
    """One payment in two weeks, instead of all that is owed."""
    said = {"offer_minor": offer_minor, "first_on": date(2026, 12, 7), "down_minor": 0, "down_on": None, "count": 1}
    return wish(**(said | changed))


async def offered(
    person: Person, case_id: UUID, what: Wish | None = None, *, at: datetime = NOON, draft: Draft | None = None
) -> UUID:
    """Offer an agreement."""
    with clock.at(at):
        async with transaction(person.actor.scope):
            return await offer(person.actor, case_id, what or wish(), draft)


async def drafted(person: Person, case_id: UUID, what: Wish | None = None, draft: Draft | None = None) -> UUID:
    """Keep an agreement as a draft."""
    with clock.at(NOON):
        async with transaction(person.actor.scope):
            return await save(person.actor, case_id, what or wish(), draft)


async def decided(
    person: Person, plan_id: UUID, approved: bool = True, reason: str = "", *, at: datetime = NOON
) -> PlanFile:
    """Say yes or no."""
    with clock.at(at):
        async with transaction(person.actor.scope):
            return await decide(person.actor, plan_id, approved=approved, reason=reason)


async def agreed_to(
    person: Person, plan_id: UUID, how: str = "told", name: str = "Sabine Weber", document: UUID | None = None,
    *, at: datetime = NOON,
) -> PlanFile:  # fmt: skip
    """Record that the debtor agreed."""
    with clock.at(at):
        async with transaction(person.actor.scope):
            return await agree(person.actor, plan_id, how, name, document)


async def running(person: Person, case_id: UUID, what: Wish | None = None) -> UUID:
    """An agreement that runs, within the negotiator's own authority."""
    plan_id = await offered(person, case_id, what)
    await agreed_to(person, plan_id)
    return plan_id


async def ended(person: Person, plan_id: UUID, reason: str = "", *, at: datetime = NOON) -> PlanFile:
    """Withdraw an offer, or end what runs."""
    with clock.at(at):
        async with transaction(person.actor.scope):
            return await give_up(person.actor, plan_id, reason)


async def new_day(agency_id: UUID, day: date) -> None:
    """What an agency's new day brings for its agreements."""
    with clock.at(datetime.combine(day, NOON.timetz())):
        await judge_due({"agency_id": str(agency_id)})


async def plan_now(actor: Actor, plan_id: UUID) -> PlanFile:
    """The agreement as it is now."""
    async with transaction(actor.scope, read_only=True):
        return await load_plan(actor, plan_id)

"""Two people say that nobody claims old money. It stays where it is in the books, leaves the lists of work, and stands in
the report for the state. Whatever is done with it afterwards takes the mark away.
"""

from typing import Final
from uuid import UUID

from billing.suspense.register import load_suspended
from billing.unclaimed.claimed import claimed
from billing.unclaimed.register import YEARS, Old, limit_day, load_old
from billing.unclaimed.tables import MarkStatus
from cases.casework import load_case
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_value

INSERT: Final = """
insert into unclaimed_money (id, agency_id, suspense_id, payment_id, currency, amount_minor, since, asked_by, asked_by_name,
                             asked_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""


async def call_unclaimed(actor: Actor, money_id: UUID, *, is_surplus: bool) -> None:
    """Say that nobody claims suspended money, or a payment's surplus; said by a second person, it is marked. The same
    person's word again changes nothing.

    Raises:
        NotFound: there is no such money here.
        Refused: it has not waited for long enough, or is on its way back to somebody.
    """
    actor.require("payments.record")
    old = await _held(actor, money_id, is_surplus=is_surplus)
    if old.since > limit_day(await agency_day(actor)):
        raise Refused(N_("It has not waited for %(years)s years."), code="too_young", years=YEARS)
    if await _is_under_way(actor, old):
        raise Refused(N_("It is on its way back to somebody."), code="under_way")
    if old.mark_id is None:
        of = (None, old.id) if is_surplus else (old.id, None)
        who = (actor.user_id, actor.name, clock.now())
        await sql(INSERT, new_id(), actor.agency_id, *of, old.currency, old.amount_minor, old.since, *who)
        await _record(actor, old, "unclaimed.asked")
    elif old.status is MarkStatus.ASKED and old.asked_by != actor.user_id:
        await sql(
            "update unclaimed_money set status = 'marked', decided_by = $3, decided_by_name = $4, decided_at = $5"
            " where agency_id = $1 and id = $2",
            *(actor.agency_id, old.mark_id, actor.user_id, actor.name, clock.now()),
        )
        await _record(actor, old, "unclaimed.marked")


async def take_mark_away(actor: Actor, money_id: UUID, *, is_surplus: bool) -> None:
    """It is work again: one does not agree, or somebody turned up.

    Raises:
        NotFound: there is no such money here.
    """
    actor.require("payments.record")
    old = await _held(actor, money_id, is_surplus=is_surplus)
    if old.mark_id is not None:
        await claimed(actor, **_of(old))
        await _record(actor, old, "unclaimed.dropped")


async def _held(actor: Actor, money_id: UUID, *, is_surplus: bool) -> Old:
    """The money, with its row held: of a surplus the case's, as of whoever pays it back."""
    if is_surplus:
        case_id = await sql_value(
            "select case_id from payments where agency_id = $1 and id = $2", actor.agency_id, money_id
        )
        if case_id is not None:
            await load_case(actor, case_id, lock=True)
    else:
        await load_suspended(actor, money_id, lock=True)
    old = await load_old(actor, money_id, is_surplus=is_surplus)
    if old is None:
        raise NotFound
    return old


async def _is_under_way(actor: Actor, old: Old) -> bool:
    table, column = ("refunds", "payment_id") if old.is_surplus else ("suspense", "id")
    query = f"select exists (select from {table} where agency_id = $1 and {column} = $2 and status in ('asked', 'approved'))"  # noqa: S608 - own names
    return bool(await sql_value(query, actor.agency_id, old.id))


def _of(old: Old) -> dict[str, UUID]:
    return {"payment_id": old.id} if old.is_surplus else {"suspense_id": old.id}


async def _record(actor: Actor, old: Old, action: str) -> None:
    facts = {"amount_minor": old.amount_minor, "currency": old.currency, "received_on": old.since}
    await record(actor, action, "payment" if old.is_surplus else "suspense", old.id, facts=facts)

"""Opening balances are begun, and what stands on accounts is written down, by one person or several."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from billing.openings.register import Opening, banks_of, load_opening
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.ledger.tables import Book
from portal.money import LARGEST_MINOR, is_currency
from portal.pages.text import N_, say
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_value

BEGIN: Final = """
insert into openings (id, agency_id, currency, effective_on, authors, prepared_by_name, prepared_at)
values ($2, $1, $3, $4, array[$5::uuid], $6, $7) on conflict (agency_id, currency) where status not in ('dropped', 'undone') do nothing
returning id
"""
STANDING: Final = (
    "select id from openings where agency_id = $1 and currency = $2 and status not in ('dropped', 'undone')"
)
CHANGE: Final = """
update openings
set version = version + 1, prepared_by_name = $4, prepared_at = $5,
    authors = case when $3 = any (authors) then authors else authors || $3::uuid end
where agency_id = $1 and id = $2 and status = 'draft' returning id
"""
FIGURES: Final = """
update openings set effective_on = $3, due_to_operating_minor = $4, due_from_operating_minor = $5, vat_minor = $6
where agency_id = $1 and id = $2
"""


async def begin(actor: Actor, currency: str, effective_on: date | None) -> UUID:
    """Begin the opening balances of a currency; gives their id, also where they were begun before.

    Raises:
        Refused: the currency does not exist, or the day will not do.
    """
    actor.require("openings.propose")
    if not is_currency(currency):
        raise Refused(N_("This is not a currency."), field="currency", code="bad_currency")
    day = await checked_day(actor, effective_on)
    opening_id = await sql_value(
        BEGIN, actor.agency_id, new_id(), currency, day, actor.user_id, actor.name, clock.now()
    )
    if opening_id is None:
        standing: UUID = await sql_value(STANDING, actor.agency_id, currency)
        return standing
    facts = {"currency": currency, "effective_on": day}
    await record(actor, "opening.begun", "opening", opening_id, facts=facts)
    return UUID(str(opening_id))


async def checked_day(actor: Actor, effective_on: date | None) -> date:
    """The day in whose morning the balances stand.

    Raises:
        Refused: it is missing, or has not come.
    """
    if effective_on is None:
        raise Refused(N_("Please fill this in."), field="effective_on", code="missing")
    if effective_on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="effective_on", code="future")
    return effective_on


async def set_balances(
    actor: Actor,
    opening_id: UUID,
    effective_on: date | None,
    banks: Mapping[UUID, int | None],
    figures: Mapping[str, int],
) -> None:
    """Write down what stands on the bank accounts, and between the two books; ``figures`` are by column, in minor units.

    Raises:
        NotFound: there is no such draft, or no such account of the agency in the currency.
        Refused: it is no draft any more, the day will not do, or a figure is below nought or too large.
    """
    opening = await change(actor, opening_id)
    day = await checked_day(actor, effective_on)
    known = {bank.id: bank for bank in await banks_of(actor, opening.id)}
    if not banks.keys() <= known.keys():
        raise NotFound
    for bank_id, minor in banks.items():
        _check_amount(minor or 0, f"bank-{bank_id}", overdrawn=known[bank_id].book == Book.OPERATING)
    for name, minor in figures.items():
        _check_amount(minor, name)
    wanted = [figures.get(name, 0) for name in ("due_to_operating", "due_from_operating", "vat")]
    await sql(FIGURES, actor.agency_id, opening.id, day, *wanted)
    await sql("delete from opening_banks where agency_id = $1 and opening_id = $2", actor.agency_id, opening.id)
    told = {bank_id: minor for bank_id, minor in banks.items() if minor}
    await sql(
        "insert into opening_banks (agency_id, opening_id, bank_account_id, amount_minor)"
        " select $1, $2, * from unnest($3::uuid[], $4::bigint[])",
        *(actor.agency_id, opening.id, list(told), list(told.values())),
    )
    facts = {"currency": opening.currency, "effective_on": day, "bank_minor": sum(told.values())}
    await record(actor, "opening.changed", "opening", opening.id, facts=facts)


async def change(actor: Actor, opening_id: UUID) -> Opening:
    """A draft that the actor writes on, held until the transaction ends; its version is another from now on.

    Raises:
        NotFound: there is none.
        Refused: it is no draft any more.
    """
    actor.require("openings.propose")
    check_draft(await load_opening(actor, opening_id, lock=True))
    await sql(CHANGE, actor.agency_id, opening_id, actor.user_id, actor.name, clock.now())
    return await load_opening(actor, opening_id)


async def write_trail(actor: Actor, opening: Opening, action: str, **more: object) -> None:
    """Write to the trail what was done to them."""
    facts = {
        "currency": opening.currency, "effective_on": opening.effective_on, "version": opening.version,
        "bank_minor": opening.trust_minor, "count": opening.items, **more,
    }  # fmt: skip
    await record(actor, action, "opening", opening.id, facts=facts)


def check_draft(opening: Opening) -> None:
    """Refuse to change what is no draft any more.

    Raises:
        Refused: it waits for approval, is in the books, or was given up.
    """
    if not opening.is_draft:
        raise Refused(
            N_("These opening balances cannot be changed any more: %(status)s."), code="not_draft",
            status=say(opening.status_text),
        )  # fmt: skip


def _check_amount(minor: int, field: str, *, overdrawn: bool = False) -> None:
    if abs(minor) > LARGEST_MINOR or (minor < 0 and not overdrawn):
        raise Refused(N_("Nothing below zero."), field=field, code="bad_amount")

"""What is agreed with a client about money that arrives short, in versions that are only added to."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import asyncpg

from billing.short.rules import Bearer, ShortTerms
from cases.clients import load_client
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.identity import new_id
from portal.money import is_currency
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_one

MOST_PERCENT: Final = Decimal("0.2")
"""More than a fifth is no bank's deduction any more."""

OF_CLIENT: Final = """
select id, since, bearer, percent, amounts, set_by_name, set_at from short_terms
where agency_id = $1 and client_id = $2 order by id desc limit 100
"""
ON: Final = """
select bearer, percent, amounts from short_terms
where agency_id = $1 and client_id = $2 and since <= $3 order by id desc limit 1
"""
ADD: Final = """
insert into short_terms (id, agency_id, client_id, since, bearer, percent, amounts, set_by, set_by_name, set_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
CURRENCIES: Final = (
    "select currency from cases where agency_id = $1 and client_id = $2 group by currency order by currency"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version(ShortTerms):
    """A version, with whoever set it."""

    id: UUID
    since: date
    set_by_name: str
    set_at: datetime


async def versions_of(actor: Actor, client_id: UUID) -> list[Version]:
    """What was agreed with a client, the latest first."""
    return [Version(**{**row, **terms_in(row)}) for row in await sql(OF_CLIENT, actor.agency_id, client_id)]


async def terms_on(actor: Actor, client_id: UUID, day: date) -> ShortTerms:
    """What holds for money that a client's debtors paid on a day; that the debtor bears it where nothing was agreed."""
    row = await sql_one(ON, actor.agency_id, client_id, day)
    return ShortTerms(**terms_in(row)) if row is not None else ShortTerms()


def terms_in(row: asyncpg.Record) -> dict[str, Any]:
    """The terms of a row."""
    return {"bearer": Bearer(row["bearer"]), "percent": row["percent"], "amounts": json.loads(row["amounts"])}


async def set_terms(
    actor: Actor, client_id: UUID, bearer: str, percent: Decimal | None, amounts: Mapping[str, int], since: date | None
) -> None:
    """Agree who bears what banks keep, up to a part of what was sent and amounts by currency, for payments received from a
    day on. What was booked stays as it is.

    Raises:
        NotFound: there is no such client.
        Refused: something will not do, with its field.
    """
    actor.require("clients.manage")
    await load_client(actor, client_id, lock=True)
    if bearer not in tuple(Bearer):
        raise Refused(N_("Please choose one of the list."), field="bearer", code="unknown")
    if since is None:
        raise Refused(N_("Please fill this in."), field="since", code="missing")
    if since < await agency_day(actor):
        raise Refused(N_("From today on at the earliest: what was booked stays as it is."), field="since", code="past")
    if percent is not None and not 0 <= percent <= MOST_PERCENT:
        raise Refused(N_("From 0 to 20 per cent."), field="percent", code="bad_percent")
    kept = {currency: minor for currency, minor in sorted(amounts.items()) if minor}
    for currency, minor in kept.items():
        if minor < 0 or not is_currency(currency):
            raise Refused(N_("An amount above zero."), field=f"at_most_{currency}", code="bad_amount")
    if bearer != Bearer.DEBTOR and not kept and not percent:
        raise Refused(N_("Up to which amount? Without one the debtor bears it."), field="percent", code="missing")
    await sql(
        ADD,
        *(new_id(), actor.agency_id, client_id, since, bearer, percent or None, json.dumps(kept)),
        *(actor.user_id, actor.name, clock.now()),
    )
    facts = {
        "bearer": bearer,
        "since": since,
        "percent": str(percent or 0),
        "at_most": [[one, kept[one]] for one in kept],
    }
    await record(actor, "short_terms.changed", "client", client_id, client_id=client_id, facts=facts)


async def currencies_of(actor: Actor, client_id: UUID) -> list[str]:
    """What is collected for a client, or the agency's own currency while nothing is."""
    return [row["currency"] for row in await sql(CURRENCIES, actor.agency_id, client_id)] or [actor.base_currency]

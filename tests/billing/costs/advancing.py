"""Costs of cases, for tests: one that is entered, one that is taken back, and what the ledger has of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from billing.costs.add import WantedCost, add_cost
from billing.costs.register import CostFile, costs_of
from billing.costs.take_back import take_back
from cases.casework import load_case
from portal import clock
from portal.identity import new_id
from portal.ledger.balances import balance
from portal.tenancy.database import as_job, transaction
from tests.billing.money import NOON, TODAY
from tests.people import Client, Person


async def advanced(
    person: Person, case_id: UUID, amount_minor: int, *, on: date = TODAY, kind: str = "court", at: datetime = NOON, **more: Any
) -> UUID:  # fmt: skip
    """A cost is entered."""
    wanted = WantedCost(kind=kind, amount_minor=amount_minor, paid_on=on, **more)
    with clock.at(at):
        async with transaction(person.actor.scope):
            return await add_cost(person.actor, case_id, wanted, new_id())


async def took_back(person: Person, cost_id: UUID, because: str = "twice") -> None:
    """It was an error."""
    with clock.at(NOON):
        async with transaction(person.actor.scope):
            await take_back(person.actor, cost_id, because)


async def costs(person: Person, case_id: UUID) -> list[CostFile]:
    """The costs of a case as they stand."""
    async with transaction(person.actor.scope, read_only=True):
        return await costs_of(person.actor, await load_case(person.actor, case_id))


async def still_open(client: Client, currency: str = "GBP") -> int:
    """What the ledger has of advances for a client (O1240)."""
    async with transaction(as_job(client.agency_id), read_only=True):
        return await balance(client.agency_id, 1240, currency, client=client.id)


async def of_trust(client: Client, currency: str = "GBP") -> dict[int, int]:
    """What the trust holds for a client and owes the agency, and what the agency owes it."""
    async with transaction(as_job(client.agency_id), read_only=True):
        return {
            1090: await balance(client.agency_id, 1090, currency),
            2000: await balance(client.agency_id, 2000, currency, client=client.id),
            2040: await balance(client.agency_id, 2040, currency),
        }


async def lines_of(owner: asyncpg.Connection, agency_id: UUID, kind: str, source: str = "costs") -> list[str]:
    """The lines of an agency's only journal of a kind and source."""
    rows = await owner.fetch(
        "select l.book, l.account, l.amount_minor from journals j join journal_lines l on l.journal_id = j.id"
        " where j.agency_id = $1 and j.source = $2 and j.kind = $3 order by l.position",
        *(agency_id, source, kind),
    )
    return [
        f"{row['book'][0].upper()} {'Dr' if row['amount_minor'] > 0 else 'Cr'}{row['account']} {abs(row['amount_minor'])}"
        for row in rows
    ]

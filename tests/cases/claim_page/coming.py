"""A debtor who comes by a private link."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

import httpx

from cases.claim_page.links import make_link
from portal import clock
from portal.tenancy.database import sql_one, transaction
from tests.cases.casework import MONDAY
from tests.people import Person, Visit

POSTAL_CODE = "10115"


async def link_to(person: Person, case_id: UUID, at: datetime = MONDAY) -> str:
    """The path of a fresh private link that somebody of the agency made."""
    with clock.at(at):
        async with transaction(person.actor.scope):
            return urlsplit(await make_link(person.actor, case_id)).path


async def number_of(person: Person, case_id: UUID) -> str:
    """The number of a case, as it stands in letters."""
    async with transaction(person.actor.scope):
        row = await sql_one(
            "select number from cases where agency_id = $1 and id = $2", person.actor.agency_id, case_id
        )
    assert row is not None
    return str(row["number"])


async def come(visit: Visit, person: Person, case_id: UUID, at: datetime = MONDAY) -> httpx.AsyncClient:
    """The debtor of a case on its page, by a link of ``person``'s and the proof of the letter, at a moment."""
    debtor = await visit()
    path = await link_to(person, case_id, at)
    given = {"reference": await number_of(person, case_id), "postal_code": POSTAL_CODE}
    with clock.at(at):
        answer = await debtor.post(path, data=given)
    assert answer.status_code == 303, answer.text
    return debtor

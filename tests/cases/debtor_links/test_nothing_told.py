"""A client learns nothing of what others placed: with a sibling's same debtor or without, it is told the same."""

from __future__ import annotations

import io
import re
from uuid import UUID

import asyncpg
import pytest
from pypdf import PdfReader

from cases.debtor_links.decide import Decision, decide
from portal import clock
from portal.identity import new_id
from portal.people.arrival import new_token, token_hash
from portal.tenancy.database import transaction
from tests.cases.casework import MONDAY
from tests.cases.debtor_links.test_comparing import AS_WRITTEN, MOVED, OTHERWISE, SISTER
from tests.cases.intake.handing import placed
from tests.cases.intake.placements import row
from tests.people import Cast, Visit, found

THEIRS = AS_WRITTEN | {"Email": "secret@mm-bau.de"}
STRANGER = AS_WRITTEN | {"DebtorName": "Orlik Verpackung AG", "PostalCode": "33602", "City": "Bielefeld",
                         "Email": "", "PhoneNumber": "0521 1440"}  # fmt: skip
OURS = [row(0, **OTHERWISE), row(1, **SISTER), row(2, **MOVED | {"PhoneNumber": "040 330011", "Email": ""})]
PAGES = (
    "/home", "/cases", "/cases.csv", "/cases/{case}", "/cases/{case}/documents", "/placements", "/placements/{placement}",
    "/placements/{placement}/acknowledgement.pdf", "/search?q=Maschinenbau", "/debtors/matches",
    "/api/v1/cases", "/api/v1/cases/{case}", "/api/v1/placements/{placement}",
)  # fmt: skip


def blank(text: str) -> str:
    """Without ids and what a test's own people are called."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{10,64}\b", "·", text)


async def told(cast: Cast, sibling: dict[str, str], visit: Visit, owner: asyncpg.Connection) -> dict[str, str]:
    """All that Lanting's people, and its system are told after a placement, by where."""
    await placed(cast.brandt_submitter.actor, [row(0, **sibling)])
    made = await placed(cast.lanting_submitter.actor, OURS)
    await _decide_all(cast, owner)
    case = await owner.fetchval("select id from cases where placement_id = $1 order by number limit 1", made.id)
    person, system = await visit(cast.lanting_admin), await visit(key=await _key(cast, owner))
    heard = {}
    for page in PAGES:
        visitor = system if page.startswith("/api/") else person
        answer = await visitor.get(page.format(case=case, placement=made.id))
        pdf = page.endswith(".pdf")
        text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text() if pdf else answer.text
        heard[page] = blank(f"{answer.status_code} {text}")
    return heard


async def _key(cast: Cast, owner: asyncpg.Connection) -> str:
    key = new_token()
    await owner.execute(
        "insert into api_keys (id, agency_id, client_id, key_hash, created_at) values ($1, $2, $3, $4, $5)",
        *(new_id(), cast.nordkai.id, cast.lanting.id, token_hash(key), MONDAY),
    )
    return key


async def _decide_all(cast: Cast, owner: asyncpg.Connection) -> None:
    waiting = "select id from debtor_matches where agency_id = $1 and decision is null"
    manager = cast.manager.actor
    for match in await owner.fetch(waiting, cast.nordkai.id):
        async with transaction(manager.scope):
            await decide(manager, UUID(str(match["id"])), Decision.SAME)


async def test_a_client_is_told_the_same_whatever_a_sibling_placed(
    cast: Cast, owner_pool: asyncpg.Pool, owner: asyncpg.Connection, visit: Visit
) -> None:
    with clock.at(MONDAY):
        async with owner_pool.acquire() as connection:
            elsewhere = await found(connection)
        alone = await told(elsewhere, STRANGER, visit, owner)
        beside = await told(cast, THEIRS, visit, owner)
    linked = await owner.fetchval(
        "select count(*) from debtor_matches m join debtors o on o.id = m.other_id"
        " where m.agency_id = $1 and m.decision = 'same' and o.name = 'Müller Maschinenbau GmbH'", cast.nordkai.id)  # fmt: skip
    assert linked >= 2
    for place, text in alone.items():
        assert beside[place] == text, place
        assert "secret@mm-bau.de" not in beside[place], place
    assert alone["/debtors/matches"].startswith("403")
    assert "Mueller Maschinenbau" in alone["/cases"]


@pytest.mark.parametrize("page", ["/debtors/matches", "/debtors/matches/{match}"])
async def test_nobody_of_a_client_opens_a_page_of_pairs(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, page: str
) -> None:
    await placed(cast.brandt_submitter.actor, [row(0, **THEIRS)])
    await placed(cast.lanting_submitter.actor, OURS[:1])
    match = await owner.fetchval("select id from debtor_matches where agency_id = $1", cast.nordkai.id)
    for name in ("brandt_admin", "brandt_submitter", "brandt_viewer", "lanting_admin"):
        answer = await (await visit(getattr(cast, name))).get(page.format(match=match))
        assert answer.status_code == 403, name

"""What a debtor answers on its page becomes work for the agency, and evidence."""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import asyncpg
import httpx
import pytest

from cases.claim_page.hardship import Household, latest_hardship
from portal import clock
from portal.errors import NotFound
from portal.storage import store
from portal.tenancy.database import transaction
from tests.cases.casework import MONDAY, placed_case
from tests.cases.claim_page.coming import come
from tests.people import Cast, Visit

PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"


async def told(owner: asyncpg.Connection, case_id: UUID, kind: str) -> asyncpg.Record:
    row = await owner.fetchrow(
        "select actor_name, client_sees, facts from case_events where case_id = $1 and kind = $2", case_id, kind
    )
    assert row is not None, kind
    return row


async def following(owner: asyncpg.Connection, case_id: UUID) -> tuple[str, str]:
    row = await owner.fetchrow("select next_action, next_action_reason from cases where id = $1", case_id)
    assert row is not None
    return tuple(row)


async def test_a_debtor_disputes_a_part_with_a_file_and_the_agency_has_to_answer(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    debtor = await come(visit, cast.negotiator, case_id)
    given = {"reason": "defective", "extent": "part", "amount": "400.00", "note": "Two pumps leak."}
    with clock.at(MONDAY):
        wrong = await debtor.post("/claim/dispute", data=given | {"amount": "4,000.00"})
        assert wrong.status_code == 422 and "f-amount-error" in wrong.text and "Two pumps leak." in wrong.text
        files = {"file": ("leak.svg", b"<svg/>", "image/svg+xml")}
        assert "f-file-error" in (await debtor.post("/claim/dispute", data=given, files=files)).text
        assert await owner.fetchval("select count(*) from disputes where case_id = $1", case_id) == 0
        files = {"file": ("leak.pdf", PDF, "application/pdf")}
        assert (await debtor.post("/claim/dispute", data=given, files=files)).status_code == 303
        page = await debtor.get("/claim/dispute")
        assert "400.00" in page.text and 'name="reason"' not in page.text
        again = await debtor.post("/claim/dispute", data=given)
        assert again.status_code == 422 and "not answered yet" in again.text
        assert "leak.pdf" in (await debtor.get("/claim/documents")).text, "what it sent itself it sees"
    [row] = await owner.fetch("select amount_minor, reason, note, opened_by from disputes where case_id = $1", case_id)
    assert tuple(row) == (40_000, "defective", "Two pumps leak.", None)
    assert await following(owner, case_id) == ("answer_dispute", "dispute")
    assert await owner.fetchval("select situation from cases where id = $1", case_id) == "disputed"
    assert (await told(owner, case_id, "dispute.opened"))["actor_name"] == "Müller Maschinenbau GmbH"
    [paper] = await owner.fetch(
        "select state, kind, from_debtor, uploaded_by from documents where case_id = $1", case_id
    )
    assert tuple(paper) == ("released", "correspondence", True, None)
    event = await owner.fetchrow(
        "select actor_kind, actor_name, facts from audit_events where action = 'dispute.opened' and subject_id = $1",
        case_id,
    )
    assert event is not None and tuple(event)[:2] == ("debtor", "") and "leak" not in event["facts"]


async def test_who_cannot_pay_says_so_and_only_the_agency_reads_it(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    debtor = await come(visit, cast.negotiator, case_id)
    given = {"income": "2,000.00", "housing": "900.00", "fixed": "850.50", "dependants": "2", "could_pay": "50"}
    with clock.at(MONDAY):
        for field, value in (("income", ""), ("fixed", "-1"), ("dependants", "many"), ("could_pay", "9,000.00")):
            wrong = await debtor.post("/claim/hardship", data=given | {field: value})
            assert wrong.status_code == 422 and f"f-{field}-error" in wrong.text
        assert (await debtor.post("/claim/hardship", data=given | {"note": "Lost a customer"})).status_code == 303
        assert "249.50" in (await debtor.get("/claim/hardship")).text
        assert (await debtor.post("/claim/hardship", data=given)).status_code == 422, "once a day is enough"
    assert await following(owner, case_id) == ("review", "hardship")
    event = await told(owner, case_id, "hardship.stated")
    assert not event["client_sees"] and "2000" not in event["facts"]
    async with transaction(cast.negotiator.actor.scope):
        stated = await latest_hardship(cast.negotiator.actor, case_id)
        assert stated is not None and stated.surplus_minor == 24_950 and stated.note == "Lost a customer"
    async with transaction(cast.brandt_admin.actor.scope):
        with pytest.raises(NotFound):
            await latest_hardship(cast.brandt_admin.actor, case_id)
        assert not await owner.fetchval("select assessment from cases where id = $1", case_id), "a person decides"


def test_what_is_left_over_may_be_below_nought() -> None:
    household = Household(income_minor=100, housing_minor=80, fixed_minor=50, dependants=0, could_pay_minor=0)
    assert household.surplus_minor == -30


async def test_a_confirmed_balance_is_kept_as_the_very_document(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    debtor = await come(visit, cast.negotiator, case_id)
    with clock.at(MONDAY):
        page = await debtor.get("/claim/confirm")
        [digest] = re.findall(r'name="digest" value="([0-9a-f]{64})"', page.text)
        content = (await debtor.get("/claim/confirm/pdf")).content
        assert sha256(content).hexdigest() == digest
        given = {"digest": digest, "name": "Sabine Weber", "position": "CFO", "agreed": "1"}
        assert "f-agreed-error" in (await debtor.post("/claim/confirm", data=given | {"agreed": ""})).text
        other = await debtor.post("/claim/confirm", data=given | {"digest": "0" * 64})
        assert other.status_code == 422 and "has changed" in other.text
        for _ in range(2):
            assert (await debtor.post("/claim/confirm", data=given)).status_code == 303
        assert "Sabine Weber" in (await debtor.get("/claim/confirm")).text
    [kept] = await owner.fetch("select * from balance_confirmations where case_id = $1", case_id)
    assert (kept["balance_minor"], kept["document_sha256"].hex()) == (100_000, digest)
    assert kept["address"] and kept["confirmed_at"] == MONDAY
    paper = await owner.fetchrow(
        "select object_key, version_id, kind from documents where id = $1", kept["document_id"]
    )
    assert paper is not None and paper["kind"] == "account_statement"
    assert await store.read(paper["object_key"], paper["version_id"]) == content
    assert (await told(owner, case_id, "balance.confirmed"))["client_sees"]


async def test_a_debtor_says_how_to_be_contacted_and_the_guard_holds_everybody_to_it(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    debtor = await come(visit, cast.negotiator, case_id)
    given = {"channel": "email", "hours": "after five", "language": "zh-Hans", "stop_call": "1"}
    with clock.at(MONDAY):
        assert (await debtor.post("/claim/contact", data=given | {"stop_email": "1"})).status_code == 422
        for _ in range(2):
            assert (await debtor.post("/claim/contact", data=given)).status_code == 303
        assert "请不要给我打电话" in (await debtor.get("/claim/contact")).text
        negotiator = await visit(cast.negotiator)
        assert "is-block" in (await negotiator.get(f"/cases/{case_id}")).text
    [stop] = await owner.fetch(
        "select channels, person_id, recorded_by from contact_stops where agency_id = $1", cast.nordkai.id
    )
    assert tuple(stop) == ("call", None, None)
    assert await owner.fetchval("select language from debtors where agency_id = $1", cast.nordkai.id) == "zh-Hans"


async def test_documents_are_seen_where_the_client_allows_and_never_of_another_case(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    case_id, other = [await placed_case(cast.nordkai, cast.brandt) for _ in range(2)]
    ids = {}
    for name, case, kind in (("a", case_id, "invoice"), ("b", case_id, "correspondence"), ("c", other, "invoice")):
        ids[name] = await owner.fetchval(
            "insert into documents (agency_id, client_id, case_id, kind, file_name, object_key, version_id, state, size_bytes, created_at)"
            " values ($1, $2, $3, $4, $5, $6, '1', 'released', 1, $7) returning id",
            *(
                cast.nordkai.id,
                cast.brandt.id,
                case,
                kind,
                f"{name}.pdf",
                f"{cast.nordkai.id}/documents/{name}",
                MONDAY,
            ),
        )
    debtor = await come(visit, cast.negotiator, case_id)

    async def answers() -> list[int]:
        return [(await debtor.post(f"/claim/documents/{ids[name]}/open")).status_code for name in "abc"]

    with clock.at(MONDAY):
        assert await answers() == [404, 404, 404], "nothing is shown until the client says so"
        await owner.execute("update clients set debtor_sees = 'invoice,contract' where id = $1", cast.brandt.id)
        assert await answers() == [303, 404, 404]
        page = (await debtor.get("/claim/documents")).text
        assert "a.pdf" in page and "b.pdf" not in page and "c.pdf" not in page
    [access] = await owner.fetch("select user_name, by_agency from document_accesses where document_id = $1", ids["a"])
    assert tuple(access) == ("Müller Maschinenbau GmbH", False)


async def test_nothing_is_answered_for_another_case_or_after_the_visit(cast: Cast, visit: Visit) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    debtor = await come(visit, cast.negotiator, case_id)
    with clock.at(MONDAY + timedelta(hours=1)):
        for path in ("dispute", "hardship", "confirm", "contact", "documents", "confirm/pdf"):
            answer: httpx.Response = await debtor.get(f"/claim/{path}")
            assert answer.status_code == 401 and "Brandt" not in answer.text, path

"""What a client's system does after it has placed: recalls, what is missing, newer documents, and claims that are alike."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from cases.acceptance.rules import DocumentRule, Rules
from cases.recall.answer import object_to
from cases.recall.placement import following
from portal.jobs import work_off
from portal.tenancy.database import transaction
from tests.cases.acceptance.given import accept
from tests.cases.api.test_api import case, key_of, outcome, place
from tests.cases.documents.test_documents import PDF, sent
from tests.people import Cast, Visit

JOBS = (following,)


@pytest.fixture
async def erp(cast: Cast, visit: Visit, owner: asyncpg.Connection) -> httpx.AsyncClient:
    """Brandt's system."""
    return await visit(key=await key_of(owner, cast.nordkai.id, cast.brandt))


@pytest.fixture
async def sibling(cast: Cast, visit: Visit, owner: asyncpg.Connection) -> httpx.AsyncClient:
    """The system of another client of the same agency."""
    return await visit(key=await key_of(owner, cast.nordkai.id, cast.lanting))


async def placed(erp: httpx.AsyncClient, cast: Cast, count: int = 1) -> tuple[str, list[str]]:
    """A placement and its cases."""
    found = await outcome(erp, cast, await place(erp, [case(number) for number in range(count)]))
    items = (await erp.get("/api/v1/cases", params={"placement": found["id"]})).json()["items"]
    return found["id"], [item["id"] for item in reversed(items)]


async def asked(client: httpx.AsyncClient, path: str, key: str = "", **body: Any) -> tuple[int, dict[str, Any]]:
    answer = await client.post(f"/api/v1{path}", json=body, headers={"Idempotency-Key": key} if key else {})
    return answer.status_code, answer.json()


async def test_a_system_insists_on_a_recall_and_leaves_the_case_after_all(
    cast: Cast, erp: httpx.AsyncClient, sibling: httpx.AsyncClient
) -> None:
    _, [case_id] = await placed(erp, cast)
    path = f"/cases/{case_id}/recall"
    assert (await asked(erp, f"{path}/insistence", text="Now."))[0] == 404, "it was not asked for"
    assert (await asked(erp, path, reason="own_collection"))[1]["status"] == "pending"
    assert (await asked(erp, f"{path}/insistence", text="Now."))[1]["code"] == "not_objected"
    async with transaction(cast.manager.actor.scope):
        await object_to(cast.manager.actor, UUID(case_id), "They pay on Friday.")
    assert (await asked(erp, f"{path}/insistence", text=" "))[1]["field"] == "text"
    assert (await sibling.post(f"/api/v1{path}/insistence", json={"text": "Now."})).status_code == 404
    status, insisted = await asked(erp, f"{path}/insistence", "k1", text="We need it now.")
    assert (status, insisted["status"], insisted["answer"]) == (200, "pending", "They pay on Friday.")
    assert (await asked(sibling, f"{path}/withdrawal"))[0] == 404
    left = await asked(erp, f"{path}/withdrawal", "k2")
    assert (left[0], left[1]["status"]) == (200, "withdrawn")
    assert await asked(erp, f"{path}/withdrawal", "k2") == left, "the same call is answered the same"
    assert (await asked(erp, f"{path}/withdrawal"))[0] == 404
    assert (await erp.post(f"/api/v1{path}/insistence", content=b"[]")).json()["code"] == "bad_json"


async def test_a_system_asks_for_a_placement_back_and_follows_it(
    cast: Cast, erp: httpx.AsyncClient, sibling: httpx.AsyncClient, visit: Visit, owner: asyncpg.Connection
) -> None:
    placement_id, cases = await placed(erp, cast, 2)
    path = f"/placements/{placement_id}/recall"
    assert (await erp.get(f"/api/v1{path}")).status_code == 404
    assert (await asked(erp, path, reason="whim"))[1]["field"] == "reason"
    status, begun = await asked(erp, path, "k1", reason="business_relation")
    assert (status, begun["busy"]) == (202, True)
    await work_off(agency_id=cast.nordkai.id)
    assert (await asked(erp, path, reason="business_relation"))[1]["id"] == begun["id"]
    state = (await erp.get(f"/api/v1{path}")).json()
    assert (state["busy"], state["cases"]["pending"]) == (False, 2)
    assert (await erp.get(f"/api/v1/cases/{cases[0]}")).json()["recall"]["reason"] == "business_relation"
    for call in (asked(sibling, path, reason="own_collection"), asked(sibling, f"{path}/withdrawal")):
        assert (await call)[0] == 404
    assert (await sibling.get(f"/api/v1{path}")).status_code == 404
    agency = await visit(key=await key_of(owner, cast.nordkai.id, None))
    assert (await asked(agency, f"{path}/withdrawal"))[0] == 403
    assert (await asked(erp, f"{path}/withdrawal"))[0] == 202
    await work_off(agency_id=cast.nordkai.id)
    assert (await erp.get(f"/api/v1{path}")).json()["cases"]["withdrawn"] == 2


async def test_a_system_answers_what_a_case_lacks(
    cast: Cast, erp: httpx.AsyncClient, sibling: httpx.AsyncClient, visit: Visit, owner: asyncpg.Connection
) -> None:
    await accept(cast.manager.actor, cast.brandt, Rules(documents=(DocumentRule("contract"),)))
    _, [case_id] = await placed(erp, cast)
    path = f"/api/v1/cases/{case_id}/requirements"
    [lack] = (await erp.get(path)).json()["items"]
    assert (lack["code"], lack["waits_for"], lack["met_at"]) == ("document_missing", "client", None)
    answer = f"/requirements/{lack['id']}/answer"
    assert (await asked(erp, answer, text=""))[1]["field"] == "text"
    assert (await asked(erp, answer, text="x", cannot_supply="no"))[1]["code"] == "bad_flag"
    assert (await sibling.get(path)).status_code == 404
    assert (await asked(sibling, answer, text="Ours."))[0] == 404
    agency = await visit(key=await key_of(owner, cast.nordkai.id, None))
    assert (await asked(agency, answer, text="We know."))[0] == 403
    status, said = await asked(erp, answer, "k", text="It burnt with the archive.", cannot_supply=True)
    assert (status, said["waits_for"], said["cannot_supply"]) == (200, "agency", True)
    assert (await asked(erp, answer, text="Again."))[1]["code"] == "answered"
    # The document is found after all: released, it meets what was missing.
    announced = {"name": "contract.pdf", "size": len(PDF), "kind": "contract"}
    order = (await erp.post(f"/api/v1/cases/{case_id}/documents", json=announced)).json()
    assert await sent(order["upload"], PDF) < 300
    assert (await asked(erp, f"/documents/{order['id']}/complete"))[1]["state"] == "released"
    assert (await erp.get(path)).json()["items"][0]["waits_for"] == "nobody"


async def test_a_system_adds_a_newer_version_of_a_document(
    cast: Cast, erp: httpx.AsyncClient, sibling: httpx.AsyncClient
) -> None:
    _, [case_id, other_id] = await placed(erp, cast, 2)

    async def send(case: str, content: bytes) -> str:
        announced = {"name": "account.pdf", "size": len(content), "kind": "account_statement"}
        order = (await erp.post(f"/api/v1/cases/{case}/documents", json=announced)).json()
        assert await sent(order["upload"], content) < 300
        return str(order["id"])

    first = await send(case_id, PDF)
    assert (await asked(erp, f"/documents/{first}/complete"))[1]["version"] == 1
    newer, elsewhere = await send(case_id, PDF + b"\n% again\n"), await send(other_id, PDF)
    for wrong in ("nonsense", elsewhere):
        assert (await asked(erp, f"/documents/{newer}/complete", replaces=wrong))[0] == 404
    assert (await asked(sibling, f"/documents/{newer}/complete", replaces=first))[0] == 404
    done = (await asked(erp, f"/documents/{newer}/complete", replaces=first))[1]
    assert (done["state"], done["version"], done["replaces"]) == ("released", 2, first)
    [shown] = (await erp.get(f"/api/v1/cases/{case_id}")).json()["documents"]
    assert (shown["id"], shown["version"]) == (newer, 2)


async def test_a_system_reads_which_of_its_rows_look_like_its_other_claims(
    cast: Cast, erp: httpx.AsyncClient, sibling: httpx.AsyncClient
) -> None:
    _, [known, _] = await placed(erp, cast, 2)
    await placed(sibling, cast, 2)
    invoice = {"number": "RE 000", "issued_on": "2026-06-01", "due_on": "2026-07-01", "amount": "120.50"}
    rows = [case(7, invoices=[invoice]), case(1), case(9, debtor={**case()["debtor"], "name": "Weber KG"})]
    found = await outcome(erp, cast, await place(erp, rows))
    path = f"/api/v1/placements/{found['id']}/matches"
    page = (await erp.get(path, params={"limit": 1})).json()
    [like] = page["items"]
    assert (like["row"], like["code"], like["placed"], like["case_id"]) == (1, "looks_like_case", True, known)
    assert like["score"] == sum(reason["points"] for reason in like["reasons"]) >= 90
    assert any("nearly the same invoice number" in reason["text"] for reason in like["reasons"])
    rest = (await erp.get(path, params={"after": page["next"]})).json()
    assert [(item["row"], item["code"], item["score"], item["placed"]) for item in rest["items"]] == [
        (2, "already_placed", 100, False)
    ]
    assert rest["next"] is None
    assert (await erp.get(path, params={"after": "x"})).json()["code"] == "bad_cursor"
    assert (await sibling.get(path)).status_code == 404

"""API v1, the way a client's system uses it."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from billing.costs.add import WantedCost, add_cost
from cases.acceptance.rules import DocumentRule, Rules
from cases.api.description.whole import DESCRIPTION
from cases.casework import load_case
from cases.interest.accrue import accrued
from cases.interest.change import WantedTerm, set_on_case
from cases.interest.terms import Basis
from portal import clock
from portal.api import limits
from portal.identity import new_id
from portal.jobs import work_off
from portal.people.arrival import new_token, token_hash
from portal.tenancy.database import transaction
from tests.cases.acceptance.given import accept
from tests.cases.documents.test_documents import PDF, sent
from tests.cases.intake.placements import csv_text, row
from tests.people import Cast, Client, Visit


async def key_of(owner: asyncpg.Connection, agency_id: UUID, client: Client | None) -> str:
    key = new_token()
    await owner.execute(
        "insert into api_keys (id, agency_id, client_id, name, key_hash, created_at) values ($1, $2, $3, 'ERP', $4, $5)",
        *(new_id(), agency_id, client.id if client else None, token_hash(key), clock.now()),
    )
    return key


@pytest.fixture
async def erp(cast: Cast, visit: Visit, owner: asyncpg.Connection) -> httpx.AsyncClient:
    """Brandt's system."""
    return await visit(key=await key_of(owner, cast.nordkai.id, cast.brandt))


@pytest.fixture
async def sibling(cast: Cast, visit: Visit, owner: asyncpg.Connection) -> httpx.AsyncClient:
    """The system of another client of the same agency."""
    return await visit(key=await key_of(owner, cast.nordkai.id, cast.lanting))


def case(number: int = 0, **changed: Any) -> dict[str, Any]:
    return {
        "reference": f"K-{number}",
        "debtor": {
            "kind": "company",
            "name": "Altvater Kessel GmbH",
            "address": {"street": "Hauptstr. 1", "postal_code": "09112", "city": "Chemnitz", "country": "DE"},
        },
        "currency": "EUR",
        "invoices": [
            {
                "number": f"RE-{number}",
                "issued_on": "2026-06-01",
                "due_on": f"2026-07-{number + 1:02}",
                "amount": "120.50",
            }
        ],
        **changed,
    }


async def place(client: httpx.AsyncClient, cases: list[Any], reference: str = "", **more: Any) -> httpx.Response:
    headers = {"Idempotency-Key": more.pop("key")} if "key" in more else {}
    body = {"cases": cases, **({"reference": reference} if reference else {}), **more}
    return await client.post("/api/v1/placements", json=body, headers=headers)


async def outcome(client: httpx.AsyncClient, cast: Cast, answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 202, answer.text
    await work_off(agency_id=cast.nordkai.id)
    found: dict[str, Any] = (await client.get(f"/api/v1/placements/{answer.json()['id']}")).json()
    return found


async def test_a_system_places_cases_and_reads_the_acknowledgement(cast: Cast, erp: httpx.AsyncClient) -> None:
    answer = await place(erp, [case(1), case(2)], "2026-11", control={"count": 2, "totals": {"EUR": "241.00"}})
    assert answer.json()["status"] == "received"
    found = await outcome(erp, cast, answer)
    assert found["status"] == "accepted"
    assert found["counts"] == {"rows": 2, "ready": 2, "warnings": 0, "errors": 0, "duplicates": 0, "accepted": 2}
    assert found["acknowledgement"]["totals"] == {"EUR": "241.00"}
    assert found["errors"] == []


async def test_a_system_reads_what_a_case_lacks(cast: Cast, erp: httpx.AsyncClient) -> None:
    await accept(cast.manager.actor, cast.brandt, Rules(documents=(DocumentRule("contract"),)))
    found = await outcome(erp, cast, await place(erp, [case(1)]))
    assert found["acknowledgement"]["needs_info"] == 1
    [listed] = (await erp.get("/api/v1/cases")).json()["items"]
    assert listed["status"] == "needs_info"
    [missing] = (await erp.get(f"/api/v1/cases/{listed['id']}")).json()["missing"]
    assert (missing["code"], missing["kind"]) == ("document_missing", "contract")
    assert missing["message"] == "Missing: Contract, needed for every claim."


async def test_good_rows_are_taken_and_the_bad_ones_named(cast: Cast, erp: httpx.AsyncClient) -> None:
    found = await outcome(erp, cast, await place(erp, [case(1), case(2, currency="RMB")]))
    assert found["status"] == "partly_accepted"
    assert [(error["row"], error["field"], error["code"]) for error in found["errors"]] == [
        (2, "currency", "unknown_currency")
    ]


async def test_csv_in_the_simple_form_goes_the_same_way(cast: Cast, erp: httpx.AsyncClient) -> None:
    async def put(content: str) -> httpx.Response:
        headers = {"Content-Type": "text/csv; charset=utf-8"}
        return await erp.post("/api/v1/placements?reference=csv", content=content.encode(), headers=headers)

    first = await put(csv_text([row(0), row(1)]))
    assert (await outcome(erp, cast, first))["status"] == "accepted"
    again = await put(csv_text([row(0), row(1)], delimiter=";"))
    assert again.json() == {"id": first.json()["id"], "status": "accepted"}
    other = await put(csv_text([row(5)]))
    assert other.status_code == 409
    assert other.json()["code"] == "reference_taken"
    assert other.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("content", "code"),
    [(csv_text([]), "no_rows"), ("InvoiceNumber\n1\n", "missing_column"), ("%PDF-1.4 x", "not_csv")],
)
async def test_a_file_that_is_no_placement_is_rejected_with_its_reason(
    cast: Cast, erp: httpx.AsyncClient, content: str, code: str
) -> None:
    answer = await erp.post("/api/v1/placements", content=content.encode(), headers={"Content-Type": "text/csv"})
    found = await outcome(erp, cast, answer)
    assert (found["status"], found["acknowledgement"]) == ("rejected", None)
    assert [(error["row"], error["code"]) for error in found["errors"]] == [(0, code)]


async def test_control_figures_that_differ_reject_the_whole_placement(
    cast: Cast, erp: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    found = await outcome(erp, cast, await place(erp, [case(1)], control={"count": 2, "totals": {"EUR": "120.50"}}))
    assert found["status"] == "rejected"
    assert [(error["field"], error["code"]) for error in found["errors"]] == [("control.count", "control_mismatch")]
    assert await owner.fetchval("select count(*) from cases where agency_id = $1", cast.nordkai.id) == 0


async def test_without_a_reference_every_row_sent_again_is_a_duplicate(cast: Cast, erp: httpx.AsyncClient) -> None:
    assert (await outcome(erp, cast, await place(erp, [case(1)])))["status"] == "accepted"
    again = await outcome(erp, cast, await place(erp, [case(1)]))
    assert again["status"] == "rejected"
    assert [(error["code"], error["score"]) for error in again["errors"]] == [("already_placed", 100)]
    renamed = await outcome(erp, cast, await place(erp, [case(1, reference="Again")]))
    assert [(error["code"], error["score"]) for error in renamed["errors"]] == [("invoice_placed", 100)]


async def test_an_idempotency_key_gives_the_same_answer_once_used(
    cast: Cast, erp: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    first = await place(erp, [case(1)], key="monday")
    again = await place(erp, [case(1)], key="monday")
    assert again.status_code == 202
    assert again.json() == first.json()
    other = await place(erp, [case(2)], key="monday")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert await owner.fetchval("select count(*) from placements where client_id = $1", cast.brandt.id) == 1


async def test_a_refused_call_may_be_sent_again_under_its_key(cast: Cast, erp: httpx.AsyncClient) -> None:
    assert (await place(erp, [], key="k")).status_code == 422
    assert (await place(erp, [], key="k")).status_code == 422
    assert (await place(erp, [case(1)], key="k")).status_code == 202


async def test_what_is_no_placement_at_all_is_refused_at_once(erp: httpx.AsyncClient) -> None:
    async def put(content: bytes, kind: str = "application/json") -> tuple[int, str]:
        answer = await erp.post("/api/v1/placements", content=content, headers={"Content-Type": kind})
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.status_code, answer.json()["code"]

    assert await put(b"{") == (400, "bad_json")
    assert await put(b"\xff\xfe{") == (400, "bad_json")
    assert await put(b"[" * 100_000) == (400, "bad_json")
    assert await put(b"[]") == (422, "bad_payload")
    assert await put(b"{}") == (422, "bad_payload")
    assert await put(b"x", "application/xml") == (415, "unsupported_media_type")
    assert await put(b"", "text/csv") == (422, "empty_file")
    assert await put(b"a" * 31_000_000, "text/csv") == (413, "too_large")


async def test_nothing_is_answered_without_a_key_and_a_web_session_is_none(cast: Cast, visit: Visit) -> None:
    for client in (await visit(), await visit(key="dpk_wrong"), await visit(cast.brandt_submitter)):
        answer = await client.get("/api/v1/cases")
        assert answer.status_code == 401
        assert answer.json()["code"] == "unauthorised"


async def test_cases_come_page_by_page_and_one_by_one(cast: Cast, erp: httpx.AsyncClient) -> None:
    await outcome(erp, cast, await place(erp, [case(number) for number in range(5)]))
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await erp.get("/api/v1/cases", params={"limit": 2, **({"after": cursor} if cursor else {})})).json()
        seen += [item["reference"] for item in page["items"]]
        cursor = page["next"]
    assert sorted(seen) == [f"K-{number}" for number in range(5)]
    item = (await erp.get("/api/v1/cases", params={"reference": "K-3"})).json()["items"][0]
    assert (item["balance"], item["currency"], item["situation"]) == ("120.50", "EUR", "new")
    one = (await erp.get(f"/api/v1/cases/{item['id']}")).json()
    assert one["balance_by_component"] == {"principal": "120.50", "interest": "0.00", "costs": "0.00"}
    assert one["invoices"][0]["amount"] == "120.50"
    assert one["events"][0]["text"]
    for wrong in ({"limit": "0"}, {"limit": "x"}, {"after": "x"}):
        assert (await erp.get("/api/v1/cases", params=wrong)).status_code == 422


async def test_a_system_says_what_is_a_second_placement_and_reads_interest_and_costs_of_its_cases(
    cast: Cast, erp: httpx.AsyncClient, owner: asyncpg.Connection, visit: Visit
) -> None:
    found = await outcome(
        erp,
        cast,
        await place(erp, [case(1, second_placement=True), case(2), case(3, second_placement="yes")]),
    )
    assert [(error["field"], error["code"]) for error in found["errors"]] == [("second_placement", "wrong_type")]
    text = csv_text([row(1, SecondPlacement="ja"), row(2, SecondPlacement="perhaps"), row(3, SecondPlacement="no")])
    answer = await erp.post("/api/v1/placements", content=text.encode(), headers={"Content-Type": "text/csv"})
    found = await outcome(erp, cast, answer)
    assert [(error["field"], error["code"]) for error in found["errors"]] == [("SecondPlacement", "bad_flag")]
    items = {item["reference"]: item for item in (await erp.get("/api/v1/cases")).json()["items"]}
    assert {name for name, item in items.items() if item["second_placement"]} == {"K-1", "RE-24189"}

    case_id = UUID(items["K-2"]["id"])
    one = (await erp.get(f"/api/v1/cases/{case_id}")).json()
    nothing = {"advanced": "0.00", "recovered": "0.00", "invoiced": "0.00", "open": "0.00"}
    assert (one["interest"], one["costs"]) == (None, nothing)
    terms = Basis(basis="agreed", rate=Decimal("0.0927"))
    async with transaction(cast.manager.actor.scope):
        await set_on_case(cast.manager.actor, case_id, WantedTerm(terms=terms))
        wanted = WantedCost(kind="court", amount_minor=7_000, paid_on=clock.today("Europe/Berlin"))
        await add_cost(cast.manager.actor, case_id, wanted, new_id())
        accrual = await accrued(
            cast.manager.actor, await load_case(cast.manager.actor, case_id), clock.today("Europe/Berlin")
        )
    assert accrual is not None and accrual.minor
    for reader in (erp, await visit(key=await key_of(owner, cast.nordkai.id, None))):
        one = (await reader.get(f"/api/v1/cases/{case_id}")).json()
        assert one["costs"] == {**nothing, "advanced": "70.00", "open": "70.00"}
        interest = one["interest"]
        assert interest["as_of"] == accrual.through.isoformat()
        assert Decimal(interest["accrued"]) == Decimal(accrual.minor) / 100
        [rate] = interest["rates"]
        assert (rate["component"], rate["rate"], rate["for_days"], rate["basis"]) == (
            "principal",
            "0.0927",
            365,
            "agreed",
        )


async def test_a_client_key_sees_its_own_client_only(
    cast: Cast, erp: httpx.AsyncClient, sibling: httpx.AsyncClient
) -> None:
    placed = await place(erp, [case(1)], "2026-11")
    await outcome(erp, cast, placed)
    case_id = (await erp.get("/api/v1/cases")).json()["items"][0]["id"]
    assert (await sibling.get("/api/v1/cases")).json() == {"items": [], "next": None}
    for path in (f"placements/{placed.json()['id']}", f"placements/{uuid4()}", f"cases/{case_id}", f"cases/{uuid4()}"):
        assert (await sibling.get(f"/api/v1/{path}")).status_code == 404
    document = {"name": "a.pdf", "size": 10}
    assert (await sibling.post(f"/api/v1/cases/{case_id}/documents", json=document)).status_code == 404
    assert (await outcome(sibling, cast, await place(sibling, [case(1)], "2026-11")))["status"] == "accepted"


async def test_an_agency_key_reads_all_clients_and_places_nothing(
    cast: Cast, erp: httpx.AsyncClient, visit: Visit, owner: asyncpg.Connection
) -> None:
    await outcome(erp, cast, await place(erp, [case(1)]))
    agency = await visit(key=await key_of(owner, cast.nordkai.id, None))
    items = (await agency.get("/api/v1/cases")).json()["items"]
    assert [item["client_id"] for item in items] == [str(cast.brandt.id)]
    assert (await place(agency, [case(2)])).status_code == 403
    other = await visit(key=await key_of(owner, cast.huadong.id, None))
    assert (await other.get(f"/api/v1/cases/{items[0]['id']}")).status_code == 404


async def test_a_document_is_announced_sent_and_completed(cast: Cast, erp: httpx.AsyncClient) -> None:
    await outcome(erp, cast, await place(erp, [case(1)]))
    case_id = (await erp.get("/api/v1/cases")).json()["items"][0]["id"]
    announced = {"name": "contract.pdf", "size": len(PDF), "kind": "contract"}
    order = await erp.post(f"/api/v1/cases/{case_id}/documents", json=announced)
    assert order.status_code == 201
    complete = f"/api/v1/documents/{order.json()['id']}/complete"
    assert (await erp.post(complete)).json()["code"] == "not_arrived"
    assert await sent(order.json()["upload"], PDF) < 300
    done = (await erp.post(complete)).json()
    assert (done["state"], done["kind"], done["refusal"]) == ("released", "contract", None)
    assert (await erp.get(f"/api/v1/cases/{case_id}")).json()["documents"][0]["name"] == "contract.pdf"
    for wrong in (
        {"name": "run.exe", "size": 5},
        {"name": "a.pdf", "size": "5"},
        {"name": "a.pdf", "size": 501_000_000},
    ):
        assert (await erp.post(f"/api/v1/cases/{case_id}/documents", json=wrong)).status_code == 422
    assert (await erp.post(f"/api/v1/documents/{uuid4()}/complete")).status_code == 404


async def test_a_key_that_calls_too_often_is_told_when_to_come_back(
    erp: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CALLS", 3)
    now = clock.now().replace(second=10)
    with clock.at(now):
        assert [(await erp.get("/api/v1/cases")).status_code for _ in range(3)] == [200, 200, 200]
        late = await erp.get("/api/v1/cases")
    assert late.status_code == 429
    assert 0 < int(late.headers["retry-after"]) <= 60
    with clock.at(now + timedelta(minutes=1)):
        assert (await erp.get("/api/v1/cases")).status_code == 200


async def test_the_use_of_a_key_is_noted(cast: Cast, visit: Visit, owner: asyncpg.Connection) -> None:
    key = await key_of(owner, cast.nordkai.id, cast.brandt)
    await (await visit(key=key)).get("/api/v1/cases")
    assert await owner.fetchval("select last_used_at from api_keys where key_hash = $1", token_hash(key))


async def test_the_description_says_what_the_routes_are(visit: Visit) -> None:
    from billing.direct.api import ROUTES as OF_THE_MONEY
    from cases.api.routes import ROUTES

    described = (await (await visit()).get("/api/v1/openapi.json")).json()
    assert described == json.loads(json.dumps(DESCRIPTION))
    routed = {
        (method.lower(), route.path_format.removeprefix("/api/v1").replace(":uuid", ""))
        for router in [*ROUTES, *OF_THE_MONEY]
        for route in router.routes
        for method in route.methods
        if method in {"GET", "POST", "PUT", "PATCH", "DELETE"}
    }
    told = {(method, path) for path, methods in described["paths"].items() for method in methods}
    assert told == routed
    references = [part.split('"')[0] for part in json.dumps(described).split("#/components/schemas/")[1:]]
    assert set(references) == set(described["components"]["schemas"])

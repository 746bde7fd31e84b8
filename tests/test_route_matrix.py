"""Every route, every role: somebody else's id is answered like one that never existed."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from litestar import Litestar
from litestar.di import Provide

from portal.app import ROUTES
from portal.identity import new_id
from portal.people.arrival import new_token, token_hash
from portal.people.guards import provide_actor
from portal.settings import Settings
from tests.cases.casework import MONDAY, placed_case
from tests.people import Agency, Cast, Client, Person, Visit

Belongings = dict[str, UUID]

STAFF = ("owner", "manager", "negotiator", "finance", "auditor")
CLIENT = ("brandt_admin", "brandt_submitter", "brandt_viewer")

# Routes that anybody may call. Whoever adds one says here that it is meant to be.
PUBLIC = {
    "/",
    "/api/v1/openapi.json",
    "/choose",
    "/claim/{token:str}",
    "/health",
    "/hooks/stripe",
    "/hooks/stripe/{agency_id:uuid}",
    "/invitation/{token:str}",
    "/login",
    "/login/code",
    "/logout",
    "/preferences",
    "/reset",
    "/reset/{token:str}",
    "/static/{file_path:path}",
}


@cache
def handlers() -> tuple[tuple[str, str, object], ...]:
    """Method, path and handler of every route."""
    app = Litestar(route_handlers=ROUTES, dependencies={"actor": Provide(provide_actor)}, openapi_config=None)
    return tuple(
        (method, route.path, handler)
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        for method in sorted(handler.http_methods - {"HEAD", "OPTIONS"})
    )


def with_ids(*, api: bool) -> list[tuple[str, str]]:
    """The routes whose path names a thing by its id: the pages, which know sessions, or the API, which knows keys.

    The debtor's page and the processor's hook know neither; their own tests have what they name.
    """
    known = {(method, path) for method, path, _ in handlers() if ":uuid}" in path and path not in PUBLIC}
    found = {(method, path) for method, path in known if not path.startswith("/claim")}
    return sorted((method, path) for method, path in found if path.startswith("/api/") == api)


async def belongings(owner: asyncpg.Connection, agency: Agency, client: Client, person: Person) -> Belongings:
    """One of everything that a path may name, belonging to ``agency`` and ``client``; written past the policies."""
    case_id = await placed_case(agency, client, currency=agency.currency)
    made: Belongings = {"case_id": case_id, "client_id": client.id, "membership_id": person.membership_id or new_id()}
    made["journal_id"] = await owner.fetchval("select id from journals where agency_id = $1 limit 1", agency.id)

    async def row(name: str, table: str, /, **columns: object) -> None:
        columns = {"agency_id": agency.id, **columns}
        places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
        query = f"insert into {table} ({', '.join(columns)}) values ({places}) returning id"
        made[name] = await owner.fetchval(query, *columns.values())

    of_client = {"client_id": client.id}
    of_case = {**of_client, "case_id": case_id}
    today = date(2026, 11, 1)
    await row("placement_id", "placements", **of_client, status="checking", received_at=MONDAY)
    await row(
        "document_id",
        "documents",
        **of_case,
        file_name="invoice.pdf",
        size_bytes=1,
        object_key="none",
        created_at=MONDAY,
    )
    await row("batch_id", "document_batches", **of_client, created_at=MONDAY)
    await row("file_id", "batch_files", **of_client, batch_id=made["batch_id"], path="invoice.pdf", size_bytes=1,
              created_at=MONDAY)  # fmt: skip
    await row("view_id", "saved_views", **of_client, user_id=person.user_id, page="cases", name=f"V {case_id}",
              created_at=MONDAY)  # fmt: skip
    await row("correction_id", "claim_corrections", **of_case, kind="claim_too_low", currency=agency.currency,
              before_minor=1, after_minor=2, reason="x", status="proposed", asked_at=MONDAY, **{'"on"': today})  # fmt: skip
    debtor_id = await owner.fetchval("select debtor_id from cases where id = $1", case_id)
    twin_id = await owner.fetchval(
        "insert into debtors (agency_id, name, match_name, country, created_at) values ($1, 'Twin', $2, 'DE', $3) returning id",
        *(agency.id, f"twin {case_id}", MONDAY),
    )
    later, earlier = max(debtor_id, twin_id), min(debtor_id, twin_id)
    await row("match_id", "debtor_matches", debtor_id=later, other_id=earlier, score=80, reasons="[]", found_at=MONDAY)
    await row("card_payment_id", "card_payments", **of_case, token=new_id(), currency=agency.currency, amount_minor=1,
              created_at=MONDAY, changed_at=MONDAY)  # fmt: skip
    of_paid = {
        "card_payment_id": made["card_payment_id"],
        "currency": agency.currency,
        "amount_minor": 1,
        "changed_at": MONDAY,
    }
    await row("refund_id", "card_refunds", **of_case, **of_paid, asked_at=MONDAY)
    await row("chargeback_id", "chargebacks", **of_case, **of_paid, dispute_id=f"dp_{case_id.hex}", status="needs_response",
              opened_at=MONDAY)  # fmt: skip
    await row("payout_id", "payouts", payout_id=f"po_{case_id.hex}", currency=agency.currency, amount_minor=1, status="paid",
              arrives_on=today, changed_at=MONDAY)  # fmt: skip
    await row("dispute_id", "disputes", **of_case, reason="price", opened_at=MONDAY)
    await row("payment_id", "payments", **of_case, journal_id=made["journal_id"], received_on=today, release_on=today,
              currency=agency.currency, amount_minor=1, recorded_at=MONDAY)  # fmt: skip
    await row("suspense_id", "suspense", **of_case, journal_id=made["journal_id"], received_on=today,
              currency=agency.currency, amount_minor=1, recorded_at=MONDAY)  # fmt: skip
    await row("money_refund_id", "refunds", **of_case, payment_id=made["payment_id"], currency=agency.currency,
              amount_minor=1, holder="X", account_number="1234", asked_at=MONDAY)  # fmt: skip
    await row("invoice_id", "client_invoices", **of_client, number=f"INV-{case_id.hex[-6:]}", currency=agency.currency,
              issued_on=today, due_on=today, net_minor=1, total_minor=1, issued_by=person.user_id, issued_at=MONDAY,
              journal_id=made["journal_id"])  # fmt: skip
    await row("invoice_payment_id", "invoice_payments", **of_client, invoice_id=made["invoice_id"], amount_minor=1, paid_on=today,
              reference="X", journal_id=made["journal_id"], booked_at=MONDAY)  # fmt: skip
    await row("credit_note_id", "credit_notes", **of_client, number=f"CN-{case_id.hex[-6:]}", why="error",
              invoice_id=made["invoice_id"], currency=agency.currency, issued_on=today, net_minor=1, total_minor=1,
              issued_at=MONDAY, journal_id=made["journal_id"])  # fmt: skip
    await row("run_id", "remittance_runs", number="R-1", currency=agency.currency, period_from=today, period_to=today,
              prepared_by=person.user_id, prepared_at=MONDAY)  # fmt: skip
    await row("statement_id", "statements", **of_client, run_id=made["run_id"], currency=agency.currency,
              period_from=today, period_to=today, status="approved", number=f"S-{case_id.hex[-4:]}")  # fmt: skip
    await row("returned_id", "returned_payouts", **of_client, statement_id=made["statement_id"], currency=agency.currency,
              amount_minor=1, returned_on=today, journal_id=made["journal_id"], told_at=MONDAY)  # fmt: skip
    await row(
        "invitation_id",
        "invitations",
        **of_client,
        email="x@example.com",
        role="viewer",
        created_at=MONDAY,
        expires_at=MONDAY,
    )
    await row("key_id", "api_keys", **of_client, key_hash=token_hash(str(new_id())), created_at=MONDAY)
    await row(
        "event_id",
        "audit_events",
        at=MONDAY,
        actor_kind="system",
        action="case.closed",
        subject_kind="case",
        subject_id=case_id,
    )
    await row("plan_id", "plans", **of_case, currency=agency.currency, made_on=today, principal_minor=1, interest_minor=0,
              costs_minor=0, first_on=today, valid_until=today, status="offered", offered_at=MONDAY, created_at=MONDAY,
              changed_at=MONDAY)  # fmt: skip
    await row("outcome_id", "outcomes", **of_case, kind="goods", status="proposed", currency=agency.currency, value_minor=1,
              asked_at=MONDAY, **{'"on"': today})  # fmt: skip
    await row("cost_id", "case_costs", **of_case, kind="court", currency=agency.currency, amount_minor=1, paid_on=today,
              advanced_by="agency", journal_id=made["journal_id"], added_at=MONDAY)  # fmt: skip
    await row("write_off_id", "write_offs", **of_case, currency=agency.currency, principal_minor=1, interest_minor=0,
              costs_minor=0, owed_minor=1, claimed_minor=1, forgiven_minor=0, reason="uneconomical", rung="client",
              asked_by=new_id(), asked_at=MONDAY)  # fmt: skip
    await row("receipt_id", "payment_receipts", **of_case, payment_id=made["payment_id"], left_minor=0)
    await row("report_id", "direct_payment_reports", **of_case, token=case_id, currency=agency.currency, amount_minor=1,
              paid_on=today, reporter="debtor", reported_at=MONDAY)  # fmt: skip
    await row("reconciliation_id", "reconciliations", currency=agency.currency, on_day=date.fromordinal(700_000 + case_id.int % 9_000),
              ledger_minor=0, funds_minor=0, first_by=person.user_id, first_at=MONDAY)  # fmt: skip
    await row("detail_id", "bank_details", currency=agency.currency, version=1, holder="X", account_number="1234",
              proposed_by=person.user_id, proposed_at=MONDAY)  # fmt: skip
    await row("bank_account_id", "bank_accounts", book="trust", currency=agency.currency, name="X", account_number=case_id.hex,
              position=case_id.int % 2**31, opened_on=today, created_at=MONDAY)  # fmt: skip
    await row("payment_file_id", "payment_files", bank_account_id=made["bank_account_id"], file_name="refunds.xml", content=b"x",
              sha256=b"x", execution_on=today, payments=0, total_minor=0, made_at=MONDAY)  # fmt: skip
    await row("bank_file_id", "bank_files", size_bytes=1, sha256=case_id.bytes * 2, object_key="none", status="columns",
              given_at=MONDAY)  # fmt: skip
    await row("bank_statement_id", "bank_statements", bank_account_id=made["bank_account_id"], file_id=made["bank_file_id"],
              position=1, form="camt", currency=agency.currency, net_minor=0, entries=0, new_entries=0, new_lines=0,
              kept_at=MONDAY)  # fmt: skip
    await row("bank_line_id", "bank_lines", bank_account_id=made["bank_account_id"], statement_id=made["bank_statement_id"],
              position=1, booked_on=today, currency=agency.currency, amount_minor=1, entry_key=case_id.bytes * 2, occurrence=1,
              entry_minor=1)  # fmt: skip
    await row(
        "opening_id",
        "openings",
        currency=agency.currency,
        effective_on=today,
        authors=[person.user_id],
        prepared_at=MONDAY,
    )
    await row("rules_id", "acceptance_rules", **of_client, version=1, changed_at=MONDAY)
    await row(
        "requirement_id", "case_requirements", **of_case, code="too_old", rules_id=made["rules_id"], asked_at=MONDAY
    )
    made["session_id"] = await owner.fetchval(
        "insert into sessions (token_hash, user_id, created_at, last_seen_at, expires_at)"
        " values ($1, $2, $3, $3, $3) returning id",
        *(token_hash(str(new_id())), person.user_id, MONDAY),
    )
    return made


def put(path: str, ids: Belongings) -> str:
    """The path with its ids put in, and the first of what is counted."""
    return re.sub(r"{(\w+):uuid}", lambda found: str(ids[found.group(1)]), path.replace("{number:int}", "1"))


def blank(text: str) -> str:
    """An answer without what differs from request to request: ids and times."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d\d:\d\d(:\d\d)?", "·", text)


@pytest.mark.parametrize("role", [*STAFF, *CLIENT])
async def test_a_foreign_id_is_answered_like_one_that_never_existed(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, role: str
) -> None:
    theirs = {"the other agency": await belongings(owner, cast.huadong, cast.mingda, cast.huadong_owner)}
    if role in CLIENT:
        theirs["the sibling client"] = await belongings(owner, cast.nordkai, cast.lanting, cast.lanting_admin)
    await compare(await visit(getattr(cast, role)), role, theirs)


@pytest.mark.parametrize("whose", ["the agency", "the client"])
async def test_a_key_meets_the_same_wall(cast: Cast, visit: Visit, owner: asyncpg.Connection, whose: str) -> None:
    key = new_token()
    await owner.execute(
        "insert into api_keys (agency_id, client_id, key_hash, created_at) values ($1, $2, $3, $4)",
        *(cast.nordkai.id, cast.brandt.id if whose == "the client" else None, token_hash(key), MONDAY),
    )
    theirs = {"the other agency": await belongings(owner, cast.huadong, cast.mingda, cast.huadong_owner)}
    if whose == "the client":
        theirs["the sibling client"] = await belongings(owner, cast.nordkai, cast.lanting, cast.lanting_admin)
    await compare(await visit(key=key), f"a key of {whose}", theirs, api=True)


async def compare(visitor: httpx.AsyncClient, role: str, theirs: dict[str, Belongings], *, api: bool = False) -> None:
    """Ask every route for an id that never existed and for theirs, and insist on the same refusal."""
    nobodys = {name: uuid4() for name in next(iter(theirs.values()))}

    async def ask(method: str, path: str, ids: Belongings) -> httpx.Response:
        if not api:
            return await visitor.request(method, put(path, ids))
        # Each call is a new one: the same Idempotency-Key would be answered from memory.
        once = {"Idempotency-Key": str(uuid4())}
        body = {"name": "invoice.pdf", "size": 1} if method == "POST" else None
        return await visitor.request(method, put(path, ids), headers=once, json=body)

    for method, path in with_ids(api=api):
        never = await ask(method, path, nobodys)
        assert never.status_code in (403, 404), f"{role} {method} {path} with an id that never was: {never.status_code}"
        for whose, ids in theirs.items():
            answer = await ask(method, path, ids)
            place = f"{role} {method} {path} of {whose}"
            assert answer.status_code == never.status_code, f"{place}: {answer.status_code}, not {never.status_code}"
            assert blank(answer.text) == blank(never.text), f"{place} can be told from one that never existed"


async def test_the_matrix_notices_a_dropped_policy(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, database: Settings
) -> None:
    theirs = {"the sibling client": await belongings(owner, cast.nordkai, cast.lanting, cast.lanting_admin)}
    visitor = await visit(cast.brandt_viewer)
    tables_owner = await asyncpg.connect(database.database_owner_url)
    try:
        await tables_owner.execute("drop policy client on cases")
        with pytest.raises(AssertionError, match="of the sibling client: 200, not 404"):
            await compare(visitor, "brandt_viewer", theirs)
    finally:
        await tables_owner.execute("call protect('cases', 'client_id', 'id')")
        await tables_owner.close()
    await compare(visitor, "brandt_viewer", theirs)


async def test_without_a_session_every_route_sends_to_the_sign_in(
    visit: Visit, cast: Cast, owner: asyncpg.Connection
) -> None:
    ids = await belongings(owner, cast.nordkai, cast.brandt, cast.brandt_admin)
    stranger = await visit()
    for method, path, handler in handlers():
        if path in PUBLIC:
            continue
        answer = await stranger.request(method, put(path, ids))
        if path.startswith("/api/"):
            assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"
        elif path.startswith("/claim"):
            assert answer.status_code == 401 and "location" not in answer.headers, f"{method} {path}"
        else:
            assert answer.status_code == 303 and answer.headers["location"].startswith("/login"), f"{method} {path}"
        assert handler is not None


async def test_people_who_are_signed_in_are_nobody_on_the_debtors_page(cast: Cast, visit: Visit) -> None:
    pages = [(method, path) for method, path, _ in handlers() if path.startswith("/claim") and path not in PUBLIC]
    for person in (cast.owner, cast.brandt_admin):
        visitor = await visit(person)
        for method, path in pages:
            asked = re.sub(r"{\w+:uuid}", str(uuid4()), path)
            assert (await visitor.request(method, asked)).status_code == 401, f"{method} {path}"


def test_every_route_has_a_guard_or_is_listed_as_public() -> None:
    for method, path, handler in handlers():
        guarded = bool(handler.guards)  # type: ignore[attr-defined]
        assert guarded or path in PUBLIC, f"{method} {path} has no guard"


def test_every_name_in_a_path_is_known_to_the_matrix() -> None:
    """A new kind of id in a path needs an example in ``belongings``, or the matrix would not know it."""
    named = {
        name for _, path in [*with_ids(api=False), *with_ids(api=True)] for name in re.findall(r"{(\w+):uuid}", path)
    }
    known = {
        "case_id",
        "client_id",
        "membership_id",
        "journal_id",
        "placement_id",
        "document_id",
        "match_id",
        "plan_id",
        "dispute_id",
        "correction_id",
        "payment_id",
    }
    known |= {
        "run_id",
        "statement_id",
        "invitation_id",
        "key_id",
        "event_id",
        "session_id",
        "view_id",
        "requirement_id",
    }
    known |= {"batch_id", "file_id", "report_id", "detail_id", "outcome_id", "suspense_id", "write_off_id", "cost_id"}
    known |= {"card_payment_id", "chargeback_id", "payout_id", "refund_id", "money_refund_id", "invoice_id"}
    known |= {"invoice_payment_id", "credit_note_id"}
    known |= {"bank_line_id", "bank_account_id", "bank_file_id", "bank_statement_id", "returned_id", "cost_id"}
    known |= {"reconciliation_id", "opening_id", "payment_file_id"}
    assert named <= known

"""Money that the debtor paid to the client itself: reported by either, one payment once, checked, posted with its fee."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from billing.direct.register import Report
from billing.direct.tables import ReportStatus
from portal.errors import Forbidden, NotFound, Refused
from portal.identity import new_id
from portal.jobs import work_off
from portal.people.actor import Actor
from portal.people.permissions import Role
from tests.billing.direct.reporting import accepted, declined, report_now, reported, said
from tests.billing.money import TODAY, agreed, look, pay, wrong
from tests.cases.api.test_api import key_of
from tests.cases.casework import placed_case
from tests.cases.documents.handing_in import handed_in
from tests.letterbox import Letterbox
from tests.people import Cast, Visit


def debtor_of(cast: Cast, case_id: UUID) -> Actor:
    """The debtor of a case, as they come by a private link."""
    return Actor(
        kind="debtor", agency_id=cast.nordkai.id, agency_name="Nordkai", base_currency="EUR", role=Role.DEBTOR,
        case_id=case_id,
    )  # fmt: skip


async def count(owner: asyncpg.Connection, case_id: UUID) -> int:
    found: int = await owner.fetchval("select count(*) from direct_payment_reports where case_id = $1", case_id)
    return found


async def test_what_the_client_reports_is_posted_without_cash_and_with_its_fee(
    cast: Cast, owner: asyncpg.Connection, letterbox: Letterbox
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    report = await reported(cast.brandt_submitter.actor, case_id, 20_000)
    assert report.status is ReportStatus.REPORTED and report.client_has_it, "it has the money itself"
    assert (await look(cast.finance.actor, case_id)).balance_minor == 100_000, "nothing is posted before the check"
    payment_id = await accepted(cast.finance, report.id, 20_000)
    assert await accepted(cast.finance, report.id, 20_000) == payment_id
    row = await owner.fetchrow("select * from payments where id = $1", payment_id)
    assert row is not None and (row["channel"], row["received_by"], row["fee_minor"]) == ("direct", "client", 5_000)
    lines = await owner.fetch(
        "select book, account, amount_minor from journal_lines where journal_id = $1", row["journal_id"]
    )
    assert {(line["book"], line["account"], line["amount_minor"]) for line in lines} == {
        ("memo", 9100, 20_000), ("memo", 9000, -20_000), ("operating", 1210, 5_000), ("operating", 4000, -5_000),
    }  # fmt: skip
    assert (await report_now(cast.brandt_viewer.actor, report.id)).status is ReportStatus.ACCEPTED
    await work_off(agency_id=cast.nordkai.id)
    assert [people for people, _ in letterbox.kept] == [[cast.brandt_submitter.email]]
    assert await wrong(cast.nordkai.id) == []


async def test_what_the_debtor_reports_is_the_clients_to_confirm_and_its_books_count(
    cast: Cast, owner: asyncpg.Connection, letterbox: Letterbox
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    report = await reported(debtor_of(cast, case_id), case_id, 30_000)
    assert report.waits_for_client
    await work_off(agency_id=cast.nordkai.id)
    asked = {people[0] for people, _ in letterbox.kept}
    assert asked == {cast.brandt_admin.email, cast.brandt_submitter.email}
    for viewer in (cast.brandt_viewer, cast.finance):
        with pytest.raises(Forbidden):
            await said(viewer, report.id)
    with pytest.raises(NotFound):
        await said(cast.lanting_admin, report.id)
    told = await said(cast.brandt_admin, report.id, amount_minor=29_500)
    assert (told.client_has_it, told.likely_minor, told.differs) == (True, 29_500, True)
    with pytest.raises(Refused, match="answered already"):
        await said(cast.brandt_admin, report.id, False)
    await accepted(cast.finance, report.id, told.likely_minor)
    assert (await look(cast.finance.actor, case_id)).balance_minor == 70_500
    kinds = [
        row["kind"] for row in await owner.fetch("select kind from case_events where case_id = $1 order by id", case_id)
    ]
    assert kinds == ["direct_payment.reported", "direct_payment.answered", "payment.received"]
    kind = await owner.fetchval("select actor_kind from audit_events where action = 'direct_payment.reported' and subject_id = $1", report.id)  # fmt: skip
    assert kind == "debtor"


async def test_one_payment_is_one_report_however_often_and_by_whom_it_is_reported(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    token, debtor = new_id(), debtor_of(cast, case_id)
    twice: list[Report] = await asyncio.gather(*(reported(debtor, case_id, 30_000, token=token) for _ in range(4)))
    assert len({one.id for one in twice}) == 1
    again = await reported(debtor, case_id, 30_000)
    by_client = await reported(cast.brandt_submitter.actor, case_id, 30_000, TODAY - timedelta(days=3))
    assert again.id == by_client.id == twice[0].id and await count(owner, case_id) == 1
    assert by_client.client_has_it and by_client.client_paid_on == TODAY - timedelta(days=3), "the report is its answer"
    await accepted(cast.finance, by_client.id, 30_000, by_client.likely_on)
    with pytest.raises(Refused, match="booked already"):
        await reported(debtor, case_id, 30_000)
    other = await reported(debtor, case_id, 30_000, another=True)
    assert other.id != by_client.id
    await pay(cast.finance, case_id, 1_000, channel="direct")
    with pytest.raises(Refused, match="booked already"):
        await reported(cast.brandt_admin.actor, case_id, 1_000)


async def test_a_form_of_one_case_reports_nothing_on_another(cast: Cast) -> None:
    first, second = [await placed_case(cast.nordkai, cast.brandt) for _ in range(2)]
    token = new_id()
    submitter = cast.brandt_submitter.actor
    before = await reported(submitter, first, 20_000, token=token)
    assert (await reported(submitter, first, 20_000, token=token)).id == before.id
    with pytest.raises(NotFound):
        await reported(submitter, second, 20_000, token=token)


async def test_a_declined_report_says_why_and_may_be_made_again(cast: Cast, letterbox: Letterbox) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    report = await reported(cast.brandt_admin.actor, case_id, 20_000)
    with pytest.raises(Refused):
        await declined(cast.finance, report.id, "  ")
    await declined(cast.finance, report.id, "The transfer was for another case.")
    with pytest.raises(Refused, match="decided already"):
        await accepted(cast.finance, report.id, 20_000)
    await work_off(agency_id=cast.nordkai.id)
    assert "for another case" in str(letterbox.only().get_content())
    assert (await reported(cast.brandt_admin.actor, case_id, 20_000)).id != report.id


async def test_who_may_report_and_who_decides(cast: Cast) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    for viewer in (cast.brandt_viewer, cast.auditor):
        with pytest.raises(Forbidden):
            await reported(viewer.actor, case_id, 10_000)
    other = await placed_case(cast.nordkai, cast.lanting)
    for stranger in (cast.lanting_admin.actor, cast.huadong_owner.actor, debtor_of(cast, other)):
        with pytest.raises(NotFound):
            await reported(stranger, case_id, 10_000)
    foreign = await handed_in(cast.lanting_admin.actor, other)
    with pytest.raises(NotFound):
        await reported(cast.brandt_admin.actor, case_id, 10_000, document=foreign.id)
    report = await reported(cast.negotiator.actor, case_id, 10_000)
    assert report.waits_for_client, "what the debtor said on the telephone is asked as well"
    for person in (cast.negotiator, cast.manager, cast.auditor, cast.brandt_admin):
        with pytest.raises(Forbidden):
            await accepted(person, report.id, 10_000)
        with pytest.raises(Forbidden):
            await declined(person, report.id)
    with pytest.raises(NotFound):
        await accepted(cast.huadong_finance, report.id, 10_000)


@pytest.mark.parametrize(
    ("amount", "on", "field"),
    [(0, TODAY, "amount"), (None, TODAY, "amount"), (5, None, "paid_on"), (5, TODAY + timedelta(days=1), "paid_on"),
     (5, TODAY - timedelta(days=400), "paid_on")],
)  # fmt: skip
async def test_what_cannot_be_such_a_payment_is_refused_at_its_field(
    cast: Cast, amount: int, on: object, field: str
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    with pytest.raises(Refused) as refused:
        await reported(cast.brandt_admin.actor, case_id, amount, on)  # type: ignore[arg-type]
    assert refused.value.field == field


async def test_a_clients_system_reports_once_and_reads_what_became_of_it(
    cast: Cast, owner: asyncpg.Connection, visit: Visit
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    system = await visit(key=await key_of(owner, cast.nordkai.id, cast.brandt))
    url = f"/api/v1/cases/{case_id}/direct-payments"
    given = {"amount": "200.00", "currency": "EUR", "paid_on": TODAY.isoformat()}
    first = await system.post(url, json=given, headers={"Idempotency-Key": "a"})
    again = await system.post(url, json=given, headers={"Idempotency-Key": "a"})
    assert first.status_code == 201 and again.json() == first.json() and await count(owner, case_id) == 1
    bad = await system.post(url, json={**given, "amount": "2,00"}, headers={"Idempotency-Key": "b"})
    assert bad.status_code == 422 and bad.json()["field"] == "amount"
    await accepted(cast.finance, UUID(first.json()["id"]), 20_000)
    [item] = (await system.get(url)).json()["items"]
    assert (item["status"], item["amount"], item["client_has_it"]) == ("accepted", "200.00", True)
    sibling = await visit(key=await key_of(owner, cast.nordkai.id, cast.lanting))
    assert (await sibling.post(url, json=given, headers={"Idempotency-Key": "c"})).status_code == 404


async def test_the_pages_report_with_a_proof_confirm_and_post(
    cast: Cast, owner: asyncpg.Connection, visit: Visit
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await reported(debtor_of(cast, case_id), case_id, 30_000)
    client, finance = await visit(cast.brandt_submitter), await visit(cast.finance)
    url = f"/cases/{case_id}/direct-payments"
    page = await client.get(url)
    action = page.text.split('action="/direct-payments/')[1].split('"')[0]
    assert "Did this money reach you?" in page.text
    answer = {"verdict": "yes", "own_amount": "300.00", "own_day": TODAY.isoformat()}
    assert (await client.post(f"/direct-payments/{action}", data=answer)).status_code == 303
    form = {"token": str(new_id()), "amount": "120.00", "paid_on": TODAY.isoformat(), "note": "cash"}
    proof = {"files": ("slip.pdf", b"%PDF-1.7\n" + b"a slip " * 100 + b"\n%%EOF\n", "application/pdf")}
    assert (await client.post(url, data=form, files=proof)).status_code == 303
    rows = await owner.fetch(
        "select id, document_id from direct_payment_reports where case_id = $1 order by id", case_id
    )
    assert len(rows) == 2 and rows[1]["document_id"]
    lists = await finance.get("/direct-payments")
    assert all(f"/direct-payments/{row['id']}" in lists.text for row in rows) and "has it" in lists.text
    page = await finance.get(f"/direct-payments/{rows[1]['id']}")
    assert "slip.pdf" in page.text and "120.00 × 25 % = 30.00" in page.text.replace("\xa0", " ")
    shown = page.text.split('name="shown" value="')[1].split('"')[0]
    post = {"amount": "120.00", "paid_on": TODAY.isoformat()}
    unseen = await finance.post(f"/direct-payments/{rows[1]['id']}/acceptance", data=post)
    assert unseen.status_code == 422, "what was not shown is shown first"
    done = await finance.post(f"/direct-payments/{rows[1]['id']}/acceptance", data={**post, "shown": shown})
    assert done.status_code == 303 and done.headers["location"].startswith("/payments/")
    no = await finance.post(f"/direct-payments/{rows[0]['id']}/refusal", data={"answer": "Booked twice."})
    assert no.status_code == 303 and "Booked twice." in (await client.get(url)).text
    assert (await finance.get("/direct-payments", params={"show": "declined"})).text.count("Müller") >= 1

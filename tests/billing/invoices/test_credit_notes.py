"""What is given back is said by a credit note with a number without gaps, and invoices and credit notes are kept as documents."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import asyncpg
import pypdfium2
import pytest

from billing.bank.accounts import Given, open_account
from billing.invoices.costs_at_close import invoice_them
from billing.invoices.credit import credit_invoice
from billing.invoices.credit_notes import list_credit_notes
from billing.invoices.issue import invoice_clawback
from billing.invoices.pay import pay_invoice
from billing.invoices.register import load_invoice
from billing.papers.keeping import make
from portal import clock
from portal.errors import Forbidden, NotFound, Refused, Unanswered
from portal.identity import new_id
from portal.jobs import work_off
from portal.settings import Settings
from portal.storage import store
from tests.billing.costs.advancing import advanced, costs
from tests.billing.costs.test_pages import a_case, closed, invoiced
from tests.billing.invoices.test_invoices import clawed, did
from tests.billing.money import NOON, pay, wrong
from tests.billing.remittance.test_clawback import LATER
from tests.billing.remittance.test_methods import claim
from tests.billing.remitting import books, remitted, statement
from tests.billing.trade import journal
from tests.breaking import hung_up_on
from tests.letterbox import Letterbox
from tests.people import Cast, Visit
from tests.spreadsheets import read_csv


async def fees_asked(cast: Cast, owner: asyncpg.Connection, settings: Settings) -> UUID:
    """Event 6: the client is asked for fees of 200 with VAT of 40; gives the invoice."""
    case_id = await claim(cast, owner, cast.brandt, "gross", "0.2")
    await pay(cast.finance, case_id, 100_000)
    told = await statement(owner, await remitted(cast, settings))
    found: UUID = await owner.fetchval("select id from client_invoices where statement_id = $1", told["id"])
    return found


def words(content: bytes) -> str:
    """The text of a PDF, blanks made alike."""
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]
    return " ".join(" ".join(pages).split())


async def kept(owner: asyncpg.Connection, paper_id: UUID) -> tuple[str, bytes]:
    """The words of a document as it lies in storage, and its digest."""
    row = await owner.fetchrow("select * from papers where subject_id = $1", paper_id)
    assert row is not None
    content = await store.read(row["object_key"], row["version_id"])
    assert sha256(content).digest() == row["sha256"]
    return words(content), row["sha256"]


async def test_fee_and_vat_of_money_that_went_back_are_given_back_by_a_credit_note_with_the_next_statement(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    case_id = await clawed(cast, owner, settings)
    assert (await did(cast.finance, list_credit_notes))[0] == []
    await pay(cast.finance, case_id, 60_000, on=LATER.date(), at=LATER)
    second = await statement(owner, await remitted(cast, settings, at=LATER + timedelta(days=1)))
    [note] = (await did(cast.brandt_viewer, list_credit_notes))[0]
    assert (note.number, note.net_minor, note.vat_minor, note.told_by) == ("CN-00001", 12_500, 2_500, second["id"])
    first = await owner.fetchval("select number from statements where id = $1", note.statement_id)
    assert note.statement_number == first and note.statement_id != second["id"]
    assert await wrong(cast.nordkai.id) == []
    with clock.at(LATER + timedelta(days=1)):
        await work_off(agency_id=cast.nordkai.id)
    text, _ = await kept(owner, note.id)
    for part in ("Credit note", "CN-00001", f"Lines of statement {first}", "125.00", "25.00", "VAT 20", "GBP 150.00"):
        assert part in text, part
    site = await visit(cast.brandt_viewer)
    page = (await site.get(f"/statements/{second['id']}")).text
    assert f"Credit note CN-00001: line 1 of statement {first}" in page
    rows = read_csv((await site.get(f"/statements/{second['id']}/csv")).content)
    assert [row["Reference"] for row in rows if row["What it is"] == "Claw-back"] == ["CN-00001"]
    pdf = words((await site.get(f"/statements/{second['id']}/pdf?language=en")).content)
    assert f"CN-00001: line 1 of statement {first}" in pdf
    assert (
        first in (await site.get(f"/credit-notes/{note.id}")).text
        and "CN-00001" in (await site.get("/credit-notes")).text
    )
    assert (await site.get(f"/credit-notes/{note.id}/document")).status_code == 303
    for name, status in (("lanting_admin", 404), ("huadong_finance", 404), ("negotiator", 403)):
        assert (await (await visit(getattr(cast, name))).get(f"/credit-notes/{note.id}/document")).status_code == status
    # The next statement gives nothing back a second time.
    await pay(cast.finance, case_id, 10_000, on=LATER.date(), at=LATER)
    await remitted(cast, settings, at=LATER + timedelta(days=2))
    assert len((await did(cast.finance, list_credit_notes))[0]) == 1
    await owner.execute("update credit_notes set vat_minor = 2400, net_minor = 12600 where id = $1", note.id)
    assert any("credit note" in fault for fault in await wrong(cast.nordkai.id))


async def test_an_invoiced_claw_back_brings_the_credit_note_with_it_and_goes_back_to_the_next_money_by_another(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    case_id = await clawed(cast, owner, settings)
    invoice_id = await did(cast.finance, invoice_clawback, cast.brandt.id, "GBP")
    assert [note.number for note in (await did(cast.finance, list_credit_notes))[0]] == ["CN-00001"]
    note_id = await did(cast.finance, credit_invoice, invoice_id, "error", None, new_id())
    assert await journal(owner, cast.nordkai.id, "invoice", f"{note_id}:credited", C1=cast.brandt.id) == [
        "operating Dr1230 C1 350.00", "operating Cr1200 C1 350.00",
    ]  # fmt: skip
    assert await wrong(cast.nordkai.id) == []
    await pay(cast.finance, case_id, 60_000, on=LATER.date(), at=LATER)
    told = await statement(owner, await remitted(cast, settings, at=LATER + timedelta(days=1)))
    assert (told["clawed_in_minor"], told["clawed_out_minor"], told["net_minor"]) == (-35_000, 0, 7_000)
    assert [note.number for note in (await did(cast.finance, list_credit_notes))[0]] == ["CN-00002", "CN-00001"]
    assert await wrong(cast.nordkai.id) == []


async def test_what_is_left_of_an_invoice_is_credited_with_its_vat_and_no_more(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    invoice_id = await fees_asked(cast, owner, settings)
    for name in ("manager", "auditor", "brandt_admin", "huadong_finance"):
        with pytest.raises((Forbidden, NotFound)):
            await did(getattr(cast, name), credit_invoice, invoice_id, "error", None, new_id())
    for why, amount, code in (("went_back", 1, "missing"), ("error", 0, "missing"), ("error", 24_001, "too_much")):
        with pytest.raises(Refused) as refused:
            await did(cast.finance, credit_invoice, invoice_id, why, amount, new_id())
        assert refused.value.code == code
    site = await visit(cast.finance)
    form = {"why": "agreed", "credit": "0.04", "token": str(new_id())}
    assert (await site.post(f"/invoices/{invoice_id}/credit", data={**form, "why": ""})).status_code == 422
    clicks = [await site.post(f"/invoices/{invoice_id}/credit", data=form) for _ in range(2)]
    [place] = {answer.headers["location"] for answer in clicks}
    note_id = UUID(place.rsplit("/", 1)[1])
    assert await journal(owner, cast.nordkai.id, "invoice", f"{note_id}:credited", C2=cast.brandt.id) == [
        "operating Dr4090 0.03", "operating Dr2100 0.01", "operating Cr1200 C2 0.04",
    ]  # fmt: skip
    await did(cast.finance, pay_invoice, invoice_id, LATER.date(), "SEPA 1", 12_000)
    await did(cast.finance, credit_invoice, invoice_id, "error", None, new_id())
    assert [(note.net_minor, note.vat_minor) for note in (await did(cast.auditor, list_credit_notes))[0]] == [
        (9_997, 1_999), (3, 1),
    ]  # fmt: skip
    invoice = await did(cast.brandt_viewer, load_invoice, invoice_id)
    assert (invoice.left_minor, invoice.corrected_minor, invoice.is_settled) == (0, 12_000, True)
    ledger = await books(cast.brandt)
    assert (ledger.receivable, ledger.accrued, ledger.vat) == (0, 0, 2_000)
    with pytest.raises(Refused) as settled:
        await did(cast.finance, credit_invoice, invoice_id, "error", None, new_id())
    assert settled.value.code == "settled" and await wrong(cast.nordkai.id) == []


async def test_an_invoice_is_a_document_in_the_clients_language_made_once_and_told_to_its_administrators(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit, letterbox: Letterbox
) -> None:
    own = Given(
        book="operating",
        currency="GBP",
        name="Own",
        holder="Nordkai Inkasso",
        iban="DE89370400440532013000",
        bank_name="Bank X",
    )
    with clock.at(NOON):
        await did(cast.owner, open_account, own)
    await owner.execute("update clients set language = 'zh-Hans' where id = $1", cast.brandt.id)
    invoice_id = await fees_asked(cast, owner, settings)
    making = {"agency_id": str(cast.nordkai.id), "kind": "invoice", "id": str(invoice_id)}
    # Killed before it is set, and once it lies in the storage but no row says so: it is made again, and kept once.
    for table in ("agencies", "audit_events"):
        with pytest.raises(Unanswered):
            await hung_up_on(settings, make(making), table)
    assert not await owner.fetchval("select count(*) from papers where subject_id = $1", invoice_id)
    key = store.key_of(cast.nordkai.id, "papers", "invoice", invoice_id, "zh-Hans")
    lain = await store.read(key)
    for _ in range(2):
        await make(making)
    assert lain == await store.read(key)
    text, digest = await kept(owner, invoice_id)
    for part in (
        "发票",
        "INV-00001",
        "1,000.00",
        "200.00",
        "40.00",
        "GBP 240.00",
        "DE89 3704 0044 0532 0130 00",
        "Bank X",
    ):
        assert part in text, part
    with clock.at(LATER):
        await work_off(agency_id=cast.nordkai.id)
    assert (await kept(owner, invoice_id))[1] == digest
    told = [str(message["subject"]) for people, message in letterbox.kept if "INV-00001" in str(message["subject"])]
    assert len(told) == 1
    site = await visit(cast.brandt_viewer)
    assert f"/invoices/{invoice_id}/document" in (await site.get(f"/invoices/{invoice_id}")).text
    assert (await site.get(f"/invoices/{invoice_id}/document")).status_code == 303
    assert (await (await visit(cast.lanting_admin)).get(f"/invoices/{invoice_id}/document")).status_code == 404


async def test_an_invoice_of_advanced_costs_lists_them_and_its_credit_note_opens_them_again(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    case_id = await a_case(cast, owner)
    await advanced(cast.manager, case_id, 7_000)
    later = await advanced(cast.manager, case_id, 1_500, kind="lawyer")
    await closed(cast.manager, case_id)
    invoice_id = await invoiced(cast.finance, cast.brandt.id)
    await make({"agency_id": str(cast.nordkai.id), "kind": "invoice", "id": str(invoice_id)})
    text, _ = await kept(owner, invoice_id)
    for part in ("Costs by case", "70.00", "GBP 85.00", "No VAT"):
        assert part in text, part
    # In error: the latest cost first is open again; it may be taken back or invoiced anew, as if nobody had asked for it.
    note_id = await did(cast.finance, credit_invoice, invoice_id, "error", 2_000, new_id())
    assert await journal(owner, cast.nordkai.id, "invoice", f"{note_id}:credited", C1=cast.brandt.id) == [
        "operating Dr1240 C1 20.00", "operating Cr1200 C1 20.00",
    ]  # fmt: skip
    found = {cost.id: (cost.invoiced_minor, cost.open_minor) for cost in await costs(cast.finance, case_id)}
    assert sorted(found.values()) == [(0, 1_500), (6_500, 500)] and found[later] == (0, 1_500)
    # Less was agreed: what the agency bears then is open no more, and lowers what it earned.
    other_id = await did(cast.finance, credit_invoice, invoice_id, "agreed", 500, new_id())
    assert (await journal(owner, cast.nordkai.id, "invoice", f"{other_id}:credited"))[0] == "operating Dr4090 5.00"
    assert sum(cost.open_minor for cost in await costs(cast.finance, case_id)) == 2_000
    assert await wrong(cast.nordkai.id) == []
    page = (await (await visit(cast.brandt_viewer)).get(f"/invoices/{invoice_id}")).text
    assert "70.00" in page and "CN-00001" in page and "60.00" in page
    second = await invoiced(cast.finance, cast.brandt.id)
    assert await owner.fetchval("select total_minor from client_invoices where id = $1", second) == 2_000
    assert await wrong(cast.nordkai.id) == []
    await owner.execute(
        "update invoiced_costs set amount_minor = -501 where invoice_id = $1 and amount_minor = -500", invoice_id
    )
    assert any("opens other costs again" in fault for fault in await wrong(cast.nordkai.id))


async def test_costs_are_invoiced_by_themselves_when_a_case_closes_where_the_client_agreed_to_it(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    silent, agreed_case = await a_case(cast, owner), await a_case(cast, owner)
    for case_id in (silent, agreed_case):
        await advanced(cast.manager, case_id, 7_000)
    await closed(cast.manager, silent)
    await owner.execute("update clients set costs_at_close = true where id = $1", cast.brandt.id)
    with clock.at(NOON):
        await closed(cast.manager, agreed_case)
        await work_off(agency_id=cast.nordkai.id)
    row = await owner.fetchrow("select * from client_invoices where client_id = $1", cast.brandt.id)
    assert row is not None and (row["kind"], row["total_minor"], row["number"]) == ("costs", 7_000, "INV-00001")
    payload = {"client_id": str(cast.brandt.id), "currency": "GBP", "case_ids": str(agreed_case)}
    await invoice_them({"agency_id": str(cast.nordkai.id), **payload})
    assert await owner.fetchval("select count(*) from client_invoices where client_id = $1", cast.brandt.id) == 1
    assert [cost.open_minor for cost in await costs(cast.finance, silent)] == [7_000], "finance says when"
    assert await wrong(cast.nordkai.id) == []

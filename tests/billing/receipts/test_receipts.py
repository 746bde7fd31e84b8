"""Each payment has its receipt: numbered without gaps, the same bytes for good, mailed where that is allowed."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

import asyncpg
import pypdfium2
import pytest

from billing.papers.keeping import make
from billing.payments.returns import reverse
from billing.receipts import making
from cases.contact.stops import stop_contact
from cases.disputes import dispute
from portal import clock
from portal.identity import new_id
from portal.jobs import work_off
from portal.storage import store
from portal.tenancy.database import transaction
from tests.billing.money import NOON, TODAY, agreed, allocated_to, pay
from tests.cases.casework import placed_case
from tests.letterbox import Letterbox
from tests.people import Cast, Visit


async def with_email(
    owner: asyncpg.Connection, case_id: UUID, email: str = "ap@debtor.example", language: str = "en"
) -> None:
    """The debtor of a case has an e-mail address of its own, and a language."""
    row = await owner.fetchrow("select agency_id, debtor_id from cases where id = $1", case_id)
    assert row is not None
    await owner.execute(
        "insert into contact_points (agency_id, debtor_id, kind, value, created_at) values ($1, $2, 'email', $3, $4)",
        *(row["agency_id"], row["debtor_id"], email, NOON),
    )
    await owner.execute("update debtors set language = $2 where id = $1", row["debtor_id"], language)


async def receipt_row(owner: asyncpg.Connection, payment_id: UUID) -> asyncpg.Record:
    row = await owner.fetchrow("select * from payment_receipts where payment_id = $1", payment_id)
    assert row is not None
    return row


async def paper_of(owner: asyncpg.Connection, receipt_id: UUID) -> asyncpg.Record:
    row = await owner.fetchrow("select * from papers where kind = 'receipt' and subject_id = $1", receipt_id)
    assert row is not None
    return row


async def worked_off(cast: Cast) -> None:
    with clock.at(NOON):
        await work_off(agency_id=cast.nordkai.id)


def words(content: bytes) -> str:
    """The text of a PDF, blanks made alike."""
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]
    return " ".join(" ".join(pages).split())


async def test_a_receipt_says_what_was_paid_how_it_was_used_and_what_is_left(
    cast: Cast, owner: asyncpg.Connection, letterbox: Letterbox
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await allocated_to(case_id, cast.nordkai.id, interest=5_000, costs=4_000)
    await with_email(owner, case_id)
    payment = await pay(cast.finance, case_id, 30_000)
    await worked_off(cast)
    row = await receipt_row(owner, payment.id)
    paper = await paper_of(owner, row["id"])
    assert (row["number"], row["mail"], row["left_minor"]) == ("R-000001", "sent", 79_000)
    [(people, message)] = letterbox.kept
    assert people == ["ap@debtor.example"]
    [file] = message.iter_attachments()
    content = file.get_payload(decode=True)
    assert isinstance(content, bytes) and sha256(content).digest() == paper["sha256"]
    text = words(content)
    for part in ("Receipt", "R-000001", "Nordkai Inkasso", "Costs 40.00", "Interest 50.00", "Principal, invoice INV-1 210.00", "Paid 300.00",
                 "Left to pay: EUR 790.00", "for Brandt & Söhne"):  # fmt: skip
        assert part in text, part
    kept = b"".join([piece async for piece in store.get(paper["object_key"], paper["version_id"])])
    assert kept == content, "what was mailed is what is kept"
    await make({"agency_id": str(cast.nordkai.id), "kind": "receipt", "id": str(row["id"])})
    await making.mail({"agency_id": str(cast.nordkai.id), "receipt_id": str(row["id"])})
    assert await receipt_row(owner, payment.id) == row and len(letterbox.kept) == 1, "made and mailed once"


async def test_a_direct_payment_is_receipted_as_paid_to_the_creditor_in_the_debtors_language(
    cast: Cast, owner: asyncpg.Connection, letterbox: Letterbox
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, debtor="上海华东机械有限公司")
    await with_email(owner, case_id, language="zh-Hans")
    await pay(cast.finance, case_id, 100_000, channel="direct")
    await worked_off(cast)
    [file] = letterbox.only().iter_attachments()
    content = file.get_payload(decode=True)
    assert isinstance(content, bytes)
    text = words(content).replace(" ", "")
    assert "收据" in text and "向Brandt&Söhne付款" in text and "全部结清" in text


async def test_numbers_have_no_gaps_when_a_receipt_cannot_be_kept(
    cast: Cast, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    first, second = await pay(cast.finance, case_id, 1_000), await pay(cast.finance, case_id, 2_000)

    async def away(*_: object, **__: object) -> None:
        raise store.StoreAway

    with monkeypatch.context() as broken:
        broken.setattr(store, "put", away)
        with clock.at(NOON):
            await work_off(agency_id=cast.nordkai.id, forgiving=True)
    for payment in (first, second):
        row = await receipt_row(owner, payment.id)
        with clock.at(NOON):
            await make({"agency_id": str(cast.nordkai.id), "kind": "receipt", "id": str(row["id"])})
    made = [await receipt_row(owner, payment.id) for payment in (first, second)]
    assert [row["number"] for row in made] == ["R-000001", "R-000002"] and all(
        [await paper_of(owner, row["id"]) for row in made]
    )
    assert [row["left_minor"] for row in made] == [99_000, 97_000]


async def test_no_receipt_is_mailed_where_that_is_not_wanted(
    cast: Cast, owner: asyncpg.Connection, letterbox: Letterbox
) -> None:
    await agreed(cast, cast.brandt)
    unknown = await placed_case(cast.nordkai, cast.brandt)
    stopped = await placed_case(cast.nordkai, cast.brandt, debtor="Stopp GmbH")
    disputing = await placed_case(cast.nordkai, cast.brandt, debtor="Streit GmbH")
    back = await placed_case(cast.nordkai, cast.brandt, debtor="Rück GmbH")
    for case_id in (stopped, disputing, back):
        await with_email(owner, case_id)
    with clock.at(NOON):
        async with transaction(cast.negotiator.actor.scope):
            await stop_contact(cast.negotiator.actor, stopped, None)
            await dispute(cast.negotiator.actor, disputing, "price", amount_minor=10_000)
    payments = [await pay(cast.finance, case_id, 1_000) for case_id in (unknown, stopped, disputing, back)]
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            await reverse(cast.finance.actor, payments[3].id, "not_received", TODAY)
    await worked_off(cast)
    said = [(await receipt_row(owner, payment.id))["mail"] for payment in payments]
    assert said == ["no_address", "stopped", "sent", "taken_back"], "a dispute holds no answer back"
    await owner.execute("update agencies set send_receipts = false where id = $1", cast.nordkai.id)
    late = await pay(cast.finance, disputing, 2_000)
    await worked_off(cast)
    assert (await receipt_row(owner, late.id))["mail"] == "off" and len(letterbox.kept) == 1
    assert await owner.fetchval("select count(*) from payment_receipts where agency_id = $1", cast.nordkai.id) == 5


async def test_staff_download_it_and_see_when_it_counts_no_more(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    payment = await pay(cast.finance, case_id, 1_000, channel="cash", payer="Sabine Weber")
    auditor = await visit(cast.auditor)
    assert (await auditor.get(f"/payments/{payment.id}/receipt")).status_code == 404, "not made yet"
    await worked_off(cast)
    link = await auditor.get(f"/payments/{payment.id}/receipt")
    assert link.status_code == 303 and "R-000001.pdf" in link.headers["location"]
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            await reverse(cast.finance.actor, payment.id, "not_received", TODAY)
    page = await auditor.get(f"/payments/{payment.id}")
    assert "no e-mail address of the debtor is known" in page.text and "the receipt counts no more" in page.text
    assert (await (await visit(cast.negotiator)).get(f"/payments/{payment.id}/receipt")).status_code == 403
    assert (await (await visit(cast.huadong_finance)).get(f"/payments/{payment.id}/receipt")).status_code == 404
    assert (await auditor.get(f"/payments/{new_id()}/receipt")).status_code == 404

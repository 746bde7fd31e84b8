"""A statement's files say what its page says: the sheet adds up, the document is complete and always the same."""

import asyncio
import io
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

import asyncpg
import pytest
from pypdf import PdfReader

from billing.bank_details.account import Account
from billing.papers.keeping import make
from billing.papers.prove import prove_papers
from billing.statements import document
from portal import clock
from portal.errors import Unanswered
from portal.settings import Settings
from portal.tenancy.database import as_job, transaction
from tests.billing.money import NOON, agreed, pay
from tests.billing.remitting import paid_into, prepared, remitted, statement, terms
from tests.billing.statements.test_pages import closed
from tests.breaking import hung_up_on
from tests.cases.casework import placed_case
from tests.people import Cast, Visit
from tests.spreadsheets import read_csv

__all__ = ["closed"]


def words(content: bytes) -> str:
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return " ".join(text.replace("\xa0", " ").replace("\u2212", "-").split())


async def test_the_sheet_adds_up_to_the_statement(cast: Cast, visit: Visit, closed: UUID) -> None:
    with clock.at(NOON):
        answer = await (await visit(cast.brandt_viewer)).get(f"/statements/{closed}/csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="BS-2026-11-1-GBP.csv"' in answer.headers["content-disposition"]
    rows = read_csv(answer.content)
    sums = {name: sum(Decimal(row[name]) for row in rows) for name in ("Gross", "Fee", "VAT", "Net before VAT")}
    assert sums == {
        "Gross": Decimal("2600.00"), "Fee": Decimal("650.00"), "VAT": Decimal("130.00"),
        "Net before VAT": Decimal("1750.00"),
    }  # fmt: skip
    assert sums["Net before VAT"] - sums["VAT"] == Decimal("1620.00")
    for row in rows:
        assert row["Statement"] == "BS-2026-11-1"
        assert row["Debtor"] == "'=Orsini S.r.l."
        assert Decimal(row["Principal"]) + Decimal(row["Interest"]) + Decimal(row["Costs"]) == Decimal(row["Gross"])
        assert (row["Fee rule"], row["Agreement version"], row["Fee rate"]) == ("1", "1", "0.25")
        assert row["Reference"].startswith("R-")
    assert {row["Received by"] for row in rows} == {"the agency", "the client"}
    assert sum(bool(row["Takes back"]) for row in rows) == 1


async def test_the_document_says_the_same_in_both_languages(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, closed: UUID
) -> None:
    with clock.at(NOON):
        client = await visit(cast.brandt_viewer)
        english = await client.get(f"/statements/{closed}/pdf")
        chinese = await client.get(f"/statements/{closed}/pdf?language=zh-Hans")
    assert english.headers["content-type"] == "application/pdf"
    assert 'filename="BS-2026-11-1-GBP.pdf"' in english.headers["content-disposition"]
    figures = ("2,600.00", "200.00", "650.00", "130.00", "1,620.00", "333.33", "83.33", "-333.33", "BS-2026-11-1")
    for answer in (english, chinese):
        text = words(answer.content)
        for figure in figures:
            assert figure in text, figure
        assert "Nordkai Inkasso" in text
        assert "Brandt & Söhne" in text
    assert "Statement November 2026" in words(english.content)
    assert "Page 1 of 1" in words(english.content)
    assert "GBP 1,620.00" in words(english.content)
    assert "2026年11月" in words(chinese.content)


async def test_the_document_of_a_closed_statement_is_kept_once_and_is_the_same_bytes_ever_after(
    cast: Cast,
    owner: asyncpg.Connection,
    visit: Visit,
    settings: Settings,
    closed: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    making = {"agency_id": str(cast.nordkai.id), "kind": "statement", "id": str(closed)}
    with clock.at(NOON):
        # Killed before it is set, and once it lies in the storage but no row says so: it is made again, and kept once.
        for table in ("clients", "audit_events"):
            with pytest.raises(Unanswered):
                await hung_up_on(settings, make(making), table)
        assert not await owner.fetchval("select count(*) from papers where subject_id = $1", closed)
        await asyncio.gather(make(making), make(making))
        client = await visit(cast.brandt_viewer)
        first = (await client.get(f"/statements/{closed}/pdf")).content
        chinese = (await client.get(f"/statements/{closed}/pdf?language=zh-Hans")).content
    papers = await owner.fetch("select language, sha256 from papers where subject_id = $1 order by id", closed)
    told = await owner.fetch(
        "select facts ->> 'sha256' from audit_events where action = 'statement.document_made' and subject_id = $1 order by id",
        closed,
    )
    digests = [sha256(content).digest() for content in (first, chinese)]
    assert [tuple(row) for row in papers] == list(zip(("en", "zh-Hans"), digests, strict=True))
    assert [row[0] for row in told] == [digest.hex() for digest in digests]
    # The client moves, the agency takes another name, statements are set in another way, a year goes by.
    await owner.execute("update clients set name = 'Brandt AG', address = 'Elsewhere 1' where id = $1", cast.brandt.id)
    await owner.execute("update agencies set name = 'Another Name' where id = $1", cast.nordkai.id)
    await owner.execute("update cases set debtor_name = 'Renamed' where client_id = $1", cast.brandt.id)
    monkeypatch.setattr(document, "_set", None)
    with clock.at(NOON.replace(year=2027)):
        for person in (cast.brandt_viewer, cast.auditor):
            reader = await visit(person)
            assert (await reader.get(f"/statements/{closed}/pdf")).content == first
        assert (await reader.get(f"/statements/{closed}/pdf?language=zh-Hans")).content == chinese
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        assert (await prove_papers(cast.nordkai.id))[1] == []
    await owner.execute("update papers set sha256 = sha256('x') where subject_id = $1 and language = 'en'", closed)
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        [fault] = (await prove_papers(cast.nordkai.id))[1]
    assert fault == "statement BS-2026-11-1-GBP.pdf is not what was written down"


async def test_vat_wording_and_numbers_of_both_stand_on_the_document(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, settings: Settings
) -> None:
    await terms(owner, cast.brandt)
    await owner.execute(
        "update clients set vat_treatment = 'reverse_charge', vat_number = 'SE556677889901', address = E'Hamngatan 1\\nMalmö'"
        " where id = $1",
        cast.brandt.id,
    )
    swedish = Account(currency="GBP", holder="Brandt", iban="SE4550000000058398257466")
    await paid_into(cast, cast.brandt, settings, swedish)
    await owner.execute(
        "update agencies set vat_number = 'DE123456789', address = E'Kaistraße 4\\n20457 Hamburg', licence = 'AZ 1 E 22'"
        " where id = $1",
        cast.nordkai.id,
    )
    await agreed(cast, cast.brandt)
    await pay(cast.finance, await placed_case(cast.nordkai, cast.brandt, currency="GBP"), 10_000)
    made = (await statement(owner, await remitted(cast, settings)))["id"]
    with clock.at(NOON):
        client = await visit(cast.brandt_viewer)
        text = words((await client.get(f"/statements/{made}/pdf")).content)
        page = (await client.get(f"/statements/{made}")).text
    for expected in (
        "SE556677889901", "DE123456789", "Kaistraße 4", "20457 Hamburg", "AZ 1 E 22", "Malmö", "SE** **** 7466",
        "Reverse charge: the recipient of the service accounts for the VAT.",
    ):  # fmt: skip
        assert expected in text
    assert "Reverse charge" in page
    assert "SE4550000000058398257466" not in text + page


async def test_a_document_of_many_pages_numbers_them(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, settings: Settings
) -> None:
    await terms(owner, cast.brandt)
    await agreed(cast, cast.brandt)
    case_id = await placed_case(
        cast.nordkai, cast.brandt, currency="GBP", amount_minor=10_000_000, debtor="上海贸易有限公司"
    )
    for number in range(80):
        await pay(cast.finance, case_id, 1_000 + number)
    run_id = await prepared(cast.finance)
    made = (await statement(owner, run_id))["id"]
    with clock.at(NOON):
        staff = await visit(cast.finance)
        content = (await staff.get(f"/statements/{made}/pdf")).content
    assert "Draft: it is not approved" in words(content)
    assert not await owner.fetchval("select count(*) from papers where subject_id = $1", made), "a draft is never kept"
    pages = PdfReader(io.BytesIO(content)).pages
    assert len(pages) >= 2
    assert f"Page 2 of {len(pages)}" in " ".join(pages[1].extract_text().split())
    text = words(content)
    for number in range(80):
        assert f"{(1_000 + number) / 100:.2f}" in text
    assert "上海贸易有限公司" in text
    assert "Draft" in text

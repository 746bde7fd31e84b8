"""The pages of the bank: files given and told of, columns confirmed, accounts opened, and who may see them."""

from __future__ import annotations

from datetime import date

import asyncpg
import pytest

from billing.bank import importing
from billing.bank.register import list_statements
from billing.bank.tables import FileStatus
from portal.tenancy.database import transaction
from tests.billing.bank.statements import DUPLICATE_IBAN, FILES, IBAN, given, looked, mt940, opened
from tests.people import Cast, Person, Visit

CAMT, SWIFT, TABLE = "synthetic_camt053_v08_de.xml", "synthetic_mt940_de_twin.sta", "csv_ch_bkb_apostrophe.csv"


def upload(*names: str) -> list[tuple[str, tuple[str, bytes]]]:
    """Files of the collection, as a browser sends them."""
    return [("files", (name, (FILES / name).read_bytes())) for name in names]


async def test_a_file_is_given_and_its_statement_shown(cast: Cast, visit: Visit, owner: asyncpg.Connection) -> None:
    await opened(cast.finance)
    finance = await visit(cast.finance)
    answer = await finance.post("/bank/files", files=upload(CAMT))
    assert answer.status_code == 303 and answer.headers["location"].startswith("/bank/statements/")
    page = (await finance.get(answer.headers["location"])).text
    for said in (
        "Jürgen Pfändler",
        "Müller &amp; Söhne",
        "1,000.00",
        "485.11",
        "Adds up",
        "RF342026004801",
        "the account is closed (AC04)",
        "USD 100.00",
    ):
        assert said in page, said
    file_id = await owner.fetchval("select id from bank_files where agency_id = $1", cast.nordkai.id)
    original = await finance.post(f"/bank/files/{file_id}/open")
    assert original.status_code == 303 and "response-content-disposition" in original.headers["location"]
    again = await finance.post("/bank/files", files=upload(CAMT))
    assert "This was given before. Nothing was added." in (await finance.get(again.headers["location"])).text
    overview = (await finance.get("/bank")).text
    assert "Trust EUR" in overview and "485.11" in overview and "10 new lines" in overview


async def test_several_files_at_once_each_tell_their_own(cast: Cast, visit: Visit) -> None:
    await opened(cast.finance)
    finance = await visit(cast.finance)
    answer = await finance.post("/bank/files", files=upload(CAMT, SWIFT, "camt053_v02_fi_nordea.xml"))
    assert answer.headers["location"] == "/bank"
    page = (await finance.get("/bank")).text
    assert "3 files came in; 1 of them need you." in page
    assert "FI8529501800030574 is none of the agency" in page


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "Choose a file."),
        ([("files", ("a", b""))], "The file is empty."),
        ([("files", ("a", b"x" * 21_000_000))], "at most 20 MB"),
    ],
)
async def test_what_is_no_file_is_said_beside_the_field(
    files: list[tuple[str, tuple[str, bytes]]], said: str, cast: Cast, visit: Visit
) -> None:
    await opened(cast.finance)
    answer = await (await visit(cast.finance)).post("/bank/files", files=files or {"other": b""})
    assert answer.status_code == 422 and said in answer.text and 'id="f-files-error"' in answer.text


async def test_a_table_is_given_its_columns_corrected_and_taken_in(cast: Cast, visit: Visit) -> None:
    account = await opened(cast.finance, "Basel", currency="CHF", account_number="123456")
    finance = await visit(cast.finance)
    place = (await finance.post("/bank/files", files=upload(TABLE))).headers["location"]
    page = (await finance.get(place)).text
    assert "Subsim Flumquobandione" in page and "Meaning of “Saldo CHF”" in page
    assert "The file does not say its currency" in page
    seen = {
        "c0": "booked_on",
        "c3": "debit",
        "c4": "credit",
        "c5": "balance",
        "mark": ".",
        "see": "1",
        "account": str(account.id),
    }
    page = (await finance.post(f"{place}/columns", data=seen)).text
    assert "8,288.57" in page and "24,271.29" in page and "adds up" in page
    wrong = (
        await finance.post(
            f"{place}/columns", data={**seen, "c3": "credit", "c4": "debit"}, headers={"HX-Request": "true"}
        )
    ).text
    assert "does not add up" in wrong and "<html" not in wrong
    fields = {"c0": "booked_on", "c1": "amount", "c2": "amount", "order": "dmy", "mark": "."}
    twice = await finance.post(f"{place}/columns", data=fields)
    assert twice.status_code == 422 and "Two columns are said to be the same" in twice.text
    fields = {
        "c0": "booked_on",
        "c2": "text",
        "c3": "debit",
        "c4": "credit",
        "c5": "balance",
        "order": "dmy",
        "mark": ".",
    }
    answer = await finance.post(f"{place}/columns", data={**fields, "account": str(account.id)})
    assert answer.headers["location"].startswith("/bank/statements/")
    assert "4,508.72" in (await finance.get(answer.headers["location"])).text


async def test_a_large_file_is_read_behind_the_page(cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "AT_ONCE_BYTES", 0)
    await opened(cast.finance)
    finance = await visit(cast.finance)
    place = (await finance.post("/bank/files", files=upload(CAMT))).headers["location"]
    assert "The file is being read" in (await finance.get(place)).text


async def test_a_missing_statement_is_told_until_it_comes(cast: Cast, visit: Visit) -> None:
    account = await opened(cast.finance)
    days = [date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4)]
    first, second, third = (
        mt940(
            [("C100,00", str(day))],
            number=str(place),
            opening=f"{100 * place},00",
            closing=f"{100 * place + 100},00",
            day=day,
        )
        for place, day in enumerate(days)
    )
    await given(cast.finance, first)
    last = await given(cast.finance, third)
    assert last.status is FileStatus.KEPT
    finance = await visit(cast.finance)
    assert "Something is missing before it" in (await finance.get(f"/bank/accounts/{account.id}")).text
    async with transaction(cast.finance.actor.scope, read_only=True):
        [newest, _], _ = await list_statements(cast.finance.actor, account.id)
    assert newest.before is not None
    assert (newest.before.closing_minor, newest.before.to_on) == (10000, days[0])
    assert "A statement between the two is missing" in (await finance.get(f"/bank/statements/{newest.id}")).text
    await given(cast.finance, second)
    assert "Something is missing" not in (await finance.get(f"/bank/accounts/{account.id}")).text


async def test_an_account_is_opened_renamed_and_closed_on_its_pages(cast: Cast, visit: Visit) -> None:
    finance = await visit(cast.finance)
    fields = {"book": "trust", "currency": "EUR", "name": "Trust", "iban": IBAN}
    wrong = await finance.post("/bank/accounts", data={**fields, "iban": "DE41500105170123456780"})
    assert wrong.status_code == 422 and "This is not an IBAN" in wrong.text
    place = (await finance.post("/bank/accounts", data=fields)).headers["location"]
    assert "DE41 5001 0517 0123 4567 89" in (await finance.get(place)).text
    assert (await finance.post(f"{place}/name", data={"name": ""})).status_code == 422
    assert (await finance.post(f"{place}/name", data={"name": "Main"})).status_code == 303
    assert (await finance.post(f"{place}/closing")).status_code == 303
    page = (await finance.get(place)).text
    assert "Main" in page and "Account closed" in page
    assert (await finance.post(f"{place}/closing")).status_code == 422


async def test_who_may_see_the_bank_and_who_may_give_it_files(cast: Cast, visit: Visit) -> None:
    account = await opened(cast.owner)
    await opened(cast.owner, "Second", iban=DUPLICATE_IBAN)
    file = await given(cast.owner, CAMT)
    pages = ["/bank", f"/bank/accounts/{account.id}", f"/bank/files/{file.id}"]

    async def statuses(person: Person) -> set[int]:
        visitor = await visit(person)
        return {(await visitor.get(page)).status_code for page in pages}

    assert await statuses(cast.auditor) == {200}
    for person in (cast.manager, cast.negotiator, cast.brandt_admin, cast.lanting_admin):
        assert await statuses(person) == {403}
    assert await statuses(cast.huadong_finance) == {200, 404}
    auditor = await visit(cast.auditor)
    assert "Take them in" not in (await auditor.get("/bank")).text
    for method, path in (("POST", "/bank/files"), ("POST", "/bank/accounts"), ("GET", "/bank/accounts/new")):
        assert (await auditor.request(method, path)).status_code == 403
    assert (await looked(cast.auditor, file.id)).status is FileStatus.KEPT

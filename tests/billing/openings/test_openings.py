"""An agency brings over what another system kept: proposed by one, approved by another, paid out, and even with the bank."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pypdf import PdfReader

from billing.openings.document import give_proof
from billing.openings.items import add_items
from billing.openings.journals import Balances, opening_lines
from billing.openings.prepare import begin
from billing.openings.propose import drop, make_draft, propose
from billing.openings.register import load_opening
from billing.openings.tables import ItemKind
from billing.openings.undo import undo
from billing.reconciliation import nightly
from billing.reconciliation.three_way import ThreeWay, three_ways
from billing.remittance.draft import cancel, prepare
from billing.suspense.match import match
from portal.errors import Forbidden, NotFound, Refused
from portal.ledger.journal import JournalDraft, cr, dr, post
from portal.ledger.tables import Book
from portal.settings import Settings
from portal.tenancy.database import sql_value, transaction
from tests.billing.books.ledgers import found_wrong
from tests.billing.books.ledgers import told as as_beancount
from tests.billing.fees.test_client_pages import text
from tests.billing.money import TODAY, agreed, count, pay
from tests.billing.openings.opening import BEGAN, LIST, account, approved, did, drafted, faults, opened, piece
from tests.billing.reconciliation.test_reconciliation import matched, told
from tests.billing.remitting import PROOF, books, paid, prepared, remitted, statements, terms
from tests.billing.remitting import approved as approve_run
from tests.billing.trade import journal
from tests.cases.casework import placed_case
from tests.people import PASSWORD, Cast, Visit
from tests.spreadsheets import read_csv

MINORS = st.integers(0, 10**9)


async def code_of(attempt: Awaitable[object]) -> str:
    """Why something is refused."""
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value.code


async def pounds(cast: Cast, day: date) -> ThreeWay:
    async with transaction(cast.auditor.actor.scope, read_only=True):
        [found] = (await three_ways(cast.auditor.actor, day))[0]
        return found


async def test_what_is_brought_over_is_booked_once_paid_out_and_even_with_the_bank(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    trust, own = await account(owner, cast.nordkai), await account(owner, cast.nordkai, book="operating")
    await terms(owner, cast.brandt, vat="0.2")
    await terms(owner, cast.lanting, vat="0.2", method="gross")
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=100_000, currency="GBP")
    number = await owner.fetchval("select number from cases where id = $1", case_id)
    pieces = [
        piece(30_000, cast.brandt, reference=number, debtor=""), piece(12_550, cast.brandt),
        piece(8_000, cast.lanting, reference="OLD-3", debtor="Moreau SARL"), piece(7_500, reference="RF 17", debtor="K. Weber"),
        piece(2_500, kind=ItemKind.REFUND, reference="OLD-9", debtor="Nowak"),
    ]  # fmt: skip
    opening = await opened(
        cast.finance, cast.second_finance, settings, "GBP", {trust: 66_550, own: 21_000}, pieces,
        due_to_operating=7_000, due_from_operating=1_000, vat=4_000,
    )  # fmt: skip
    names = {"C1": cast.brandt.id, "C2": cast.lanting.id}
    clients = {key: sum(one.amount_minor or 0 for one in pieces if one.client_id == key) for key in names.values()}
    of_clients = [
        f"trust Cr2000 {'C1' if key == cast.brandt.id else 'C2'} {clients[key] / 100:.2f}" for key in sorted(clients)
    ]
    assert await journal(owner, cast.nordkai.id, "opening", str(opening.id), **names) == [
        "trust Dr1000 665.50", "trust Dr1090 10.00", *of_clients, "trust Cr2020 100.00", "trust Cr2040 70.00",
        "operating Dr1100 210.00", "operating Dr1220 70.00", "operating Cr2190 10.00", "operating Cr2100 40.00",
        "operating Cr3000 230.00",
    ]  # fmt: skip
    assert await faults(cast.nordkai) == []
    assert found_wrong(await as_beancount(cast.nordkai.id, BEGAN, TODAY)) == []

    # What was nobody's is matched like any other, and what the debtor is owed waits to be sent back.
    waiting = {
        row["why"]: row for row in await owner.fetch("select * from suspense where agency_id = $1", cast.nordkai.id)
    }
    assert {why: row["amount_minor"] for why, row in waiting.items()} == {"unknown": 7_500, "owed_back": 2_500}
    await did(cast.finance, match, waiting["unknown"]["id"], case_id)
    assert await faults(cast.nordkai) == []

    # What operating owed the trust account is paid in: money that is not there is remitted to nobody.
    topped_up = (
        dr(Book.OPERATING, 2190, 1_000, "GBP"), cr(Book.OPERATING, 1100, 1_000, "GBP"),
        dr(Book.TRUST, 1000, 1_000, "GBP"), cr(Book.TRUST, 1090, 1_000, "GBP"),
    )  # fmt: skip
    await did(cast.finance, post, [JournalDraft("test", "1", "top-up", TODAY, topped_up)])

    # A payment here and what was brought over are one statement; the fee is on the payments alone.
    await pay(cast.finance, case_id, 20_000)
    run_id = await prepared(cast.finance)
    draft = {row["client_id"]: row for row in await statements(owner, run_id)}
    assert [(draft[key]["brought_minor"], draft[key]["collected_minor"], draft[key]["fees_minor"], draft[key]["net_minor"])
            for key in names.values()] == [(42_550, 27_500, 6_875, 61_800), (8_000, 0, 0, 8_000)]  # fmt: skip
    finance = await visit(cast.finance)
    assert "425.50" in text((await finance.get(f"/remittances/{run_id}")).text)
    assert "OLD-3" in (await finance.get(f"/statements/{draft[cast.lanting.id]['id']}")).text, "a draft shows it"
    await approve_run(cast.second_finance, run_id, settings)
    await paid(cast.finance, run_id)
    assert await faults(cast.nordkai) == []
    books_now = await books(cast.brandt)
    assert (books_now.bank, books_now.funds, books_now.payable, books_now.due_to_operating) == (2_500, 0, 0, 0)
    assert books_now.own_bank == 20_000 + 7_000 + 6_875 + 1_375, "fees of before are drawn with the run"

    viewer, of_brandt = await visit(cast.brandt_viewer), draft[cast.brandt.id]["id"]
    page = text((await viewer.get(f"/statements/{of_brandt}")).text)
    assert "Brought over 425.50" in page and "OLD-1" in page and "OLD-3" not in page
    rows = read_csv((await viewer.get(f"/statements/{of_brandt}/csv")).content)
    assert sum(Decimal(row["Net before VAT"]) - Decimal(row["VAT"]) for row in rows) == Decimal("618.00")
    assert [row["Gross"] for row in rows if row["What it is"] == "Brought over"] == ["300.00", "125.50"]
    document = PdfReader(io.BytesIO((await viewer.get(f"/statements/{of_brandt}/pdf")).content))
    printed = " ".join(page.extract_text() for page in document.pages)
    assert "Brought over" in printed and "OLD-1" in printed and number in printed
    assert (await viewer.get(f"/statements/{draft[cast.lanting.id]['id']}")).status_code == 404
    assert (await viewer.get(f"/openings/{opening.id}")).status_code == 403
    async with transaction(cast.brandt_viewer.actor.scope, read_only=True):
        assert await sql_value("select count(*) from opening_items") == 2, (
            "a client's pieces on its statements, and no others"
        )
    assert await code_of(did(cast.finance, prepare, "GBP", TODAY)) == "nothing", "it is told and paid once"


async def test_the_bank_begins_with_what_was_brought_over_on_that_day_and_any_later(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    trust = await account(owner, cast.nordkai)
    await opened(cast.finance, cast.second_finance, settings, "GBP", {trust: 50_000}, [piece(50_000, cast.brandt)])
    found = await pounds(cast, BEGAN)
    assert found.is_even and (found.bank_minor, found.ledger_minor) == (None, 50_000)
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    await pay(cast.finance, case_id, 2_550, on=BEGAN)
    [line] = await told(owner, cast, trust, 50_000, 2_550, on=BEGAN)
    await matched(owner, cast, trust, line, 2_550)
    for summed_up in (False, True):
        for day in (BEGAN, BEGAN + timedelta(days=1), TODAY - timedelta(days=1)):
            found = await pounds(cast, day)
            [side] = found.accounts
            assert (side.difference_minor, side.opening_gap_minor, side.outstanding.count, side.not_booked.count) == (
                0,
                0,
                0,
                0,
            )
            assert (found.bank_minor, found.ledger_minor, found.funds_minor) == (52_550, 52_550, 52_550)
        if not summed_up:
            await nightly.sum_up(cast.nordkai.id, settled=timedelta(0))
    assert await faults(cast.nordkai) == []


async def test_yen_are_brought_over_whole_and_paid_under_combined(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    trust = await account(owner, cast.nordkai, "JPY")
    await terms(owner, cast.brandt, method="combined")
    await opened(cast.finance, cast.second_finance, settings, "JPY", {trust: 12_345}, [piece(12_345, cast.brandt)])
    [closed] = await statements(owner, await remitted(cast, settings, "JPY"))
    assert (closed["brought_minor"], closed["net_minor"], closed["payments"]) == (12_345, 12_345, 0)
    assert await faults(cast.nordkai) == []
    tables_owner = await asyncpg.connect(settings.database_owner_url)
    try:
        await tables_owner.execute("alter table statements disable trigger user")
        await owner.execute("update statements set brought_minor = 12344 where id = $1", closed["id"])
    finally:
        await tables_owner.execute("alter table statements enable trigger user")
        await tables_owner.close()
    found = await faults(cast.nordkai)
    assert any("brings over something else" in fault for fault in found) and any(
        "every statement" in fault for fault in found
    )


async def test_it_adds_up_is_proved_and_is_another_persons_word_or_nothing_is_booked(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    trust = await account(owner, cast.nordkai)
    opening_id = await drafted(cast.finance, "GBP", {trust: 10_000}, [piece(9_999, cast.brandt)], proof=False)
    assert await code_of(did(cast.finance, propose, opening_id)) == "difference"
    for person, reason in ((cast.negotiator, Forbidden), (cast.auditor, Forbidden), (cast.huadong_finance, NotFound)):
        with pytest.raises(reason):
            await did(person, add_items, opening_id, [piece(1, cast.brandt)])
    with pytest.raises(NotFound):
        await did(cast.finance, add_items, opening_id, [piece(1, cast.mingda)])
    await did(cast.owner, add_items, opening_id, [piece(1, cast.brandt)])
    assert await code_of(did(cast.finance, propose, opening_id)) == "no_proof"
    await give_proof(cast.finance.actor, opening_id, "closing.csv", LIST)
    assert await code_of(give_proof(cast.finance.actor, opening_id, "closing.pdf", LIST)) == "content_differs"
    await did(cast.finance, propose, opening_id)
    assert await code_of(did(cast.finance, add_items, opening_id, [piece(1, cast.brandt)])) == "not_draft"
    seen = (await did(cast.second_finance, load_opening, opening_id)).version
    for author in (cast.finance, cast.owner):  # the owner wrote a piece
        assert await code_of(approved(author, opening_id, settings)) == "four_eyes"
    with pytest.raises(Forbidden):
        await approved(cast.manager, opening_id, settings)
    await did(cast.finance, make_draft, opening_id)
    await did(cast.finance, propose, opening_id)
    assert await code_of(approved(cast.second_finance, opening_id, settings, shown=seen)) == "changed_meanwhile"
    assert await count("journals", cast.nordkai.id) == 0
    await approved(cast.second_finance, opening_id, settings)
    assert await code_of(approved(cast.second_finance, opening_id, settings)) == "already_approved"
    assert await code_of(did(cast.finance, drop, opening_id)) == "not_draft"
    assert await did(cast.finance, begin, "GBP", TODAY) == opening_id, "once for each currency"
    for statement in (
        "update openings set vat_minor = 1 where id = $1",
        "delete from opening_items where opening_id = $1",
        "update opening_banks set amount_minor = 1 where opening_id = $1",
    ):
        with pytest.raises(asyncpg.PostgresError, match="change"):
            await owner.execute(statement, opening_id)
    assert await faults(cast.nordkai) == []


async def test_it_stands_before_all_money_of_these_books(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    trust = await account(owner, cast.nordkai)
    await agreed(cast, cast.brandt)
    await pay(cast.finance, await placed_case(cast.nordkai, cast.brandt, currency="GBP"), 5_000, on=BEGAN)

    async def attempt(on: date = BEGAN) -> str:
        opening_id = await drafted(cast.finance, "GBP", {trust: 5_000}, [piece(5_000, cast.brandt)], on=on)
        await did(cast.finance, propose, opening_id)
        code = await code_of(approved(cast.second_finance, opening_id, settings))
        await did(cast.finance, drop, opening_id)
        return code

    assert await attempt() == "not_first"
    await told(owner, cast, trust, 0, on=BEGAN - timedelta(days=3))
    assert await attempt(BEGAN - timedelta(days=1)) == "statements_before"
    await owner.execute(
        "insert into closed_periods (agency_id, through, closed_at) values ($1, $2, now())",
        *(cast.nordkai.id, BEGAN - timedelta(days=3)),
    )
    assert await attempt(BEGAN - timedelta(days=3)) == "period_closed"
    assert await count("suspense", cast.nordkai.id) == 0


async def test_of_two_who_approve_at_once_one_brings_it_into_the_books(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    trust = await account(owner, cast.nordkai)
    opening_id = await drafted(cast.finance, "GBP", {trust: 100}, [piece(100)])
    await did(cast.finance, propose, opening_id)
    told_ = await asyncio.gather(
        *(approved(person, opening_id, settings) for person in (cast.second_finance, cast.owner)),
        return_exceptions=True,
    )
    assert sorted(one.code for one in told_ if isinstance(one, Refused)) == ["already_approved"]
    assert await count("journals", cast.nordkai.id) == 1 and await count("suspense", cast.nordkai.id) == 1
    assert await faults(cast.nordkai) == []


async def test_it_is_written_proposed_and_approved_in_the_browser(
    cast: Cast, owner: asyncpg.Connection, visit: Visit
) -> None:
    trust = await account(owner, cast.nordkai)
    writer = await visit(cast.finance)
    begun = await writer.post("/openings", data={"currency": "GBP", "effective_on": BEGAN.isoformat()})
    place = begun.headers["location"]
    balances = {"effective_on": BEGAN.isoformat(), f"bank-{trust}": "1,000.00", "due_to_operating": "20.00"}
    live = await writer.post(f"{place}/check", data=balances, headers={"HX-Request": "true"})
    assert "980.00" in text(live.text) and "must be nothing" in text(live.text) and "<html" not in live.text
    assert (await writer.post(f"{place}/balances", data=balances)).status_code == 303
    wrong_piece = {"kind": "funds", "reference": "OLD-1", "received_on": BEGAN.isoformat(), "amount": "12,50"}
    assert "This is not an amount in GBP." in (await writer.post(f"{place}/items", data=wrong_piece)).text
    added = {**wrong_piece, "client": str(cast.brandt.id), "amount": "12.50"}
    assert (await writer.post(f"{place}/items", data=added)).status_code == 303
    table = "Client,Reference,Debtor,Received on,Amount,Whose\n"
    table += "Brandt & Söhne,OLD-2,Hofmann GmbH,2026-09-30,900.00,\n,RF 17,K. Weber,2026-09-30,67.50,suspense\n"
    bad = {"table": ("old.csv", table.replace("900.00", "9x00").encode(), "text/csv")}
    refused = await writer.post(f"{place}/table", files=bad)
    assert refused.status_code == 422 and "Row 2: This is not an amount in GBP." in refused.text
    good = {"table": ("old.csv", table.encode(), "text/csv")}
    assert (await writer.post(f"{place}/table", files=good)).status_code == 303
    early = await writer.post(f"{place}/proposal")
    assert early.status_code == 422 and "Add what proves it" in early.text
    proof = {"proof": ("closing.csv", LIST, "text/csv")}
    assert (await writer.post(f"{place}/proof", files=proof)).status_code == 303
    assert (await writer.post(f"{place}/proposal")).status_code == 303
    page = text((await writer.get(place)).text)
    assert "Difference GBP 0.00" in page and "somebody else approves it" in page
    assert (await writer.get(f"{place}/proof")).headers["location"].startswith("http")
    second = await visit(cast.second_finance)
    version = await owner.fetchval("select version from openings where agency_id = $1", cast.nordkai.id)
    wrong_word = await second.post(f"{place}/approval", data={"version": str(version), "password": "no"})
    assert wrong_word.status_code == 422 and "This is not your password." in wrong_word.text
    done = await second.post(f"{place}/approval", data={"version": str(version), "password": PASSWORD})
    assert done.status_code == 303
    page = text((await second.get(place)).text)
    assert "In the books" in page and "With the next remittance" in page
    assert await faults(cast.nordkai) == []
    trail = text((await (await visit(cast.auditor)).get("/audit")).text)
    assert "approved opening balances" in trail
    assert (await (await visit(cast.manager)).get("/openings")).status_code == 403


@given(st.lists(MINORS, max_size=3), st.lists(st.integers(-(10**9), 10**9), max_size=2), MINORS, MINORS, MINORS, MINORS)
@examples(max_examples=40)
def test_both_books_balance_whatever_is_brought_over(
    funds: list[int], own: list[int], suspense: int, due_to: int, due_from: int, vat: int
) -> None:
    held = sum(funds) + suspense + due_to - due_from
    of = Balances(
        currency="GBP", trust={uuid4(): held}, operating={uuid4(): minor for minor in own},
        funds={uuid4(): minor for minor in funds}, suspense_minor=suspense, due_to_operating_minor=due_to,
        due_from_operating_minor=due_from, vat_minor=vat,
    )  # fmt: skip
    if held < 0:
        of = replace(of, trust={}, suspense_minor=suspense - held)
    sums: dict[Book, int] = dict.fromkeys(Book, 0)
    by_account: dict[int, int] = {}
    for line in opening_lines(of):
        sums[line.book] += line.amount_minor
        by_account[line.account] = by_account.get(line.account, 0) + line.amount_minor
    assert set(sums.values()) == {0}
    assert by_account.get(1090, 0) == -by_account.get(2190, 0) and by_account.get(2040, 0) == -by_account.get(1220, 0)


async def test_what_was_wrong_is_undone_as_a_whole_while_nothing_of_it_is_used(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    trust = await account(owner, cast.nordkai)
    pieces = [piece(9_000, cast.brandt), piece(1_000, reference="RF 17")]
    first = await opened(cast.finance, cast.second_finance, settings, "GBP", {trust: 10_000}, pieces)
    run_id = await prepared(cast.finance, reviewed=False)
    assert await code_of(did(cast.owner, undo, first.id, PROOF, settings.secret_key)) == "used"
    await did(cast.finance, cancel, run_id)
    with pytest.raises(Forbidden):
        await did(cast.auditor, undo, first.id, PROOF, settings.secret_key)
    await did(cast.owner, undo, first.id, PROOF, settings.secret_key)
    assert await code_of(did(cast.owner, undo, first.id, PROOF, settings.secret_key)) == "not_approved"
    assert await faults(cast.nordkai) == []
    found = await pounds(cast, BEGAN)
    assert (found.ledger_minor, found.funds_minor) == (0, 0)
    second = await opened(cast.finance, cast.owner, settings, "GBP", {trust: 10_500}, [piece(10_500, cast.brandt)])
    assert second.id != first.id and await faults(cast.nordkai) == []
    await told(owner, cast, trust, 10_500, on=BEGAN)
    assert (await pounds(cast, BEGAN)).is_even
    [closed] = await statements(owner, await remitted(cast, settings))
    assert closed["net_minor"] == 10_500
    assert await code_of(did(cast.owner, undo, second.id, PROOF, settings.secret_key)) == "used"
    assert await faults(cast.nordkai) == []


async def test_what_was_ours_stays_once_an_approved_run_draws_it(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    """20.00 of fees from before are drawn with the fee of a run, which is approved and not paid yet."""
    trust = await account(owner, cast.nordkai)
    before = await opened(
        cast.finance, cast.second_finance, settings, "GBP", {trust: 2_000}, [], due_to_operating=2_000
    )  # fmt: skip
    await terms(owner, cast.brandt)
    await agreed(cast, cast.brandt)
    await pay(cast.finance, await placed_case(cast.nordkai, cast.brandt, currency="GBP"), 40_000)
    run_id = await prepared(cast.finance)
    await approve_run(cast.second_finance, run_id, settings)
    assert await code_of(did(cast.owner, undo, before.id, PROOF, settings.secret_key)) == "used"
    await paid(cast.finance, run_id)
    assert await faults(cast.nordkai) == []

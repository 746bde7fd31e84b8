"""A bank's file comes in once, as a whole or not at all, whoever gives it again and whatever dies on the way."""

from __future__ import annotations

import asyncio
from io import BytesIO

import asyncpg
import pytest

from billing.bank import importing
from billing.bank.importing import Arrival, read_again, read_in, receive, say_columns
from billing.bank.matching.by_hand import name
from billing.bank.reading.columns import Meaning
from billing.bank.tables import FileStatus
from billing.bank.taking_back import take_back_table
from cases.intake.files.values import DateOrder, DecimalMark
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.jobs import work_off
from portal.ledger.balances import balance
from portal.storage import store
from portal.tenancy.database import transaction
from tests.billing.bank.matching.arriving import LATER, matched
from tests.billing.bank.statements import DUPLICATE_IBAN, FILES, given, lines, looked, mt940, opened
from tests.billing.money import wrong
from tests.people import Cast

CAMT, SWIFT = "synthetic_camt053_v08_de.xml", "synthetic_mt940_de_twin.sta"


async def test_a_file_becomes_lines_that_add_up_to_what_the_bank_says(cast: Cast, owner: asyncpg.Connection) -> None:
    account = await opened(cast.finance)
    file = await given(cast.finance, CAMT)
    assert (file.status, file.statements, file.new_lines) == (FileStatus.KEPT, 1, 10)
    kept = await lines(owner, account)
    assert sum(line["amount_minor"] for line in kept) == -51489
    assert {line["status"] for line in kept} == {"open"}
    collective = [line for line in kept if line["parts"] == 3]
    assert [line["creditor_reference"][:4] for line in collective] == ["RF34", "RF07", "RF77"]
    assert {line["entry_minor"] for line in collective} == {61545} == {sum(one["amount_minor"] for one in collective)}
    assert kept[-1]["balance_minor"] == 48511
    statement = await owner.fetchrow("select * from bank_statements where bank_account_id = $1", account.id)
    assert statement is not None
    assert (statement["opening_minor"], statement["closing_minor"], statement["adds_up"]) == (100000, 48511, True)
    assert await store.read(file.object_key, file.version_id) == (FILES / CAMT).read_bytes()


async def test_the_same_file_again_is_the_file_it_was_and_its_twin_in_another_form_adds_nothing(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    account = await opened(cast.finance)
    first = await given(cast.finance, CAMT)
    assert (await given(cast.owner, CAMT)).id == first.id
    twin = await given(cast.finance, SWIFT)
    assert (twin.status, twin.statements, twin.new_lines) == (FileStatus.KEPT, 1, 0)
    assert len(await lines(owner, account)) == 10


async def test_two_equal_payments_stay_two_and_overlapping_files_add_only_what_is_new(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    account = await opened(cast.finance)
    await given(cast.finance, mt940([("C100,00", "Rate"), ("C100,00", "Rate")], closing="200,00"))
    again = mt940([("C100,00", "Rate"), ("C100,00", "RATE"), ("C50,00", "Rest")], closing="250,00", number="2")
    file = await given(cast.finance, again)
    later = await given(cast.finance, mt940([("C100,00", "Rate")], opening="250,00", closing="350,00", number="3"))
    assert (file.new_lines, later.new_lines) == (1, 1)
    assert [line["amount_minor"] for line in await lines(owner, account)] == [10000, 10000, 5000, 10000]


async def test_two_people_giving_one_file_at_the_same_moment_keep_it_once(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    account = await opened(cast.finance)
    content = (FILES / CAMT).read_bytes()
    both = (cast.finance, cast.second_finance)
    ids = await asyncio.gather(*(receive(one.actor, Arrival("a.xml", content), 20) for one in both))
    assert len({file_id for file_id, _ in ids}) == 1
    await asyncio.gather(*(read_in(one.actor, ids[0][0], BytesIO(content)) for one in both))
    assert len(await lines(owner, account)) == 10


async def test_what_a_killed_process_left_is_read_by_the_job_and_only_once(
    cast: Cast, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await opened(cast.finance)
    monkeypatch.setattr(importing, "AT_ONCE_BYTES", 0)
    file = await given(cast.finance, CAMT)
    assert file.status is FileStatus.ARRIVED
    await work_off()
    assert (await looked(cast.finance, file.id)).status is FileStatus.KEPT
    await importing.read_stored({"agency_id": str(cast.nordkai.id), "file_id": str(file.id)})
    assert len(await lines(owner, account)) == 10


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("camt053_v02_fi_nordea.xml", "unknown_account"),
        (mt940([], closing="0,00", currency="USD"), "wrong_currency"),
        (b'<!DOCTYPE D [<!ENTITY a "aa">]><Document>&a;</Document>', "has_doctype"),
        (mt940([("C1,00", "a")], closing="1,00")[:70] + b"\n:61:garbage\n", "broken_line"),
        (mt940([("C5,00", "a")], closing="5,00") + mt940([], closing="0,00", account="1/2"), "unknown_account"),
    ],
)
async def test_a_file_is_refused_as_a_whole_and_the_reason_stands_with_it(
    content: str | bytes, code: str, cast: Cast, owner: asyncpg.Connection
) -> None:
    account = await opened(cast.finance)
    file = await given(cast.finance, content)
    assert (file.status, file.refusal["code"]) == (FileStatus.REFUSED, code)
    assert not await lines(owner, account)
    assert not await owner.fetchval("select count(*) from bank_statements where agency_id = $1", cast.nordkai.id)


async def test_a_refused_file_may_be_given_again_once_its_account_is_open(cast: Cast) -> None:
    first = await given(cast.finance, CAMT)
    assert first.refusal["code"] == "unknown_account"
    await opened(cast.finance)
    again = await given(cast.finance, CAMT)
    assert (again.id != first.id, again.status) == (True, FileStatus.KEPT)


async def test_accounts_that_are_not_the_agencys_are_passed_over_where_that_was_said(cast: Cast) -> None:
    await opened(cast.finance)
    content = mt940([("C5,00", "a")], closing="5,00") + mt940([], closing="0,00", account="1/2")
    file = await given(cast.finance, content, leave_out_others=True)
    assert (file.status, file.statements, file.left_out) == (FileStatus.KEPT, 1, ["1/2"])
    alone = await given(cast.finance, mt940([], closing="0,00", account="1/2"), leave_out_others=True)
    assert alone.refusal["code"] == "unknown_account"


async def test_a_file_of_another_account_than_the_one_chosen_is_refused(cast: Cast) -> None:
    await opened(cast.finance)
    other = await opened(cast.finance, "Other", iban=DUPLICATE_IBAN)
    file = await given(cast.finance, CAMT, bank_account_id=other.id)
    assert file.refusal["code"] == "another_account"


async def test_too_large_a_file_is_refused_before_anything_of_it_is_kept(cast: Cast, owner: asyncpg.Connection) -> None:
    with pytest.raises(Refused) as refused:
        await receive(cast.finance.actor, Arrival("big.xml", b"x" * (1024 * 1024 + 1)), 1)
    assert refused.value.code == "too_large"
    assert not await owner.fetchval("select count(*) from bank_files where agency_id = $1", cast.nordkai.id)


async def test_a_table_waits_for_its_columns_and_the_next_of_its_kind_does_not(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    account = await opened(cast.finance, "Basel", currency="CHF", account_number="123456")
    name = "csv_ch_bkb_apostrophe.csv"
    file = await given(cast.finance, name, bank_account_id=account.id)
    assert (file.status, len(file.sample)) == (FileStatus.COLUMNS, 6)
    assert file.table is not None
    nothing = file.table.with_meanings([Meaning.NOTHING] * 6, file.table.order, file.table.mark)
    async with transaction(cast.finance.actor.scope):
        with pytest.raises(Refused):
            await say_columns(cast.finance.actor, file.id, nothing, account.id)
        await say_columns(cast.finance.actor, file.id, file.table, account.id)
    await work_off()
    assert (await looked(cast.finance, file.id)).new_lines == 7
    assert sum(line["amount_minor"] for line in await lines(owner, account)) == 450872
    newer = b"Datum;Valuta;Buchungstext;Belastung;Gutschrift;Saldo CHF\n13.02.2023;13.02.2023;Rate;;100.00;24'371.29\n"
    following = await given(cast.finance, newer, bank_account_id=account.id)
    assert (following.status, following.new_lines) == (FileStatus.KEPT, 1)


async def test_columns_that_do_not_hold_amounts_are_asked_for_again(cast: Cast) -> None:
    account = await opened(cast.finance, "Basel", currency="CHF", account_number="123456")
    file = await given(cast.finance, "csv_ch_bkb_apostrophe.csv", bank_account_id=account.id)
    assert file.table is not None
    meanings = [Meaning.BOOKED_ON, Meaning.NOTHING, Meaning.AMOUNT, *[Meaning.NOTHING] * 3]
    async with transaction(cast.finance.actor.scope):
        await say_columns(
            cast.finance.actor,
            file.id,
            file.table.with_meanings(meanings, file.table.order, file.table.mark),
            account.id,
        )
    await work_off()
    file = await looked(cast.finance, file.id)
    assert (file.status, file.refusal["code"]) == (FileStatus.COLUMNS, "table_row")


async def test_only_finance_and_owners_give_files_and_another_agency_sees_nothing(cast: Cast) -> None:
    await opened(cast.finance)
    for person in (cast.negotiator, cast.manager, cast.auditor, cast.brandt_admin):
        with pytest.raises(Forbidden):
            await given(person, CAMT)
    file = await given(cast.owner, CAMT)
    assert (await looked(cast.auditor, file.id)).id == file.id
    with pytest.raises(NotFound):
        await looked(cast.huadong_finance, file.id)
    assert (await given(cast.huadong_finance, CAMT)).refusal["code"] == "unknown_account"


async def test_a_table_read_by_the_wrong_columns_is_taken_back_and_read_by_others(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    account = await opened(cast.finance)
    own = await opened(cast.finance, "Own", book="operating", iban=DUPLICATE_IBAN)
    table = b"Date;Text;Out;In\n02.11.2026;ONE;;75,00\n03.11.2026;TWO;12,00;\n"
    file = await given(cast.finance, table, bank_account_id=account.id)
    assert file.status is FileStatus.COLUMNS and file.table is not None
    wrong_way = [Meaning.BOOKED_ON, Meaning.TEXT, Meaning.CREDIT, Meaning.DEBIT]

    async def say(meanings: list[Meaning]) -> None:
        assert file.table is not None
        said = file.table.with_meanings(meanings, DateOrder.DMY, DecimalMark.COMMA)
        async with transaction(cast.finance.actor.scope):
            await say_columns(cast.finance.actor, file.id, said, account.id)
        await read_again(cast.finance.actor, file.id)
        await matched(cast.finance)

    await say(wrong_way)
    assert [line["amount_minor"] for line in await lines(owner, account)] == [-75_00, 12_00]
    assert [line["status"] for line in await lines(owner, account)] == ["open", "booked"], "one waits in suspense"
    with pytest.raises(Forbidden):
        await take_back_table(cast.auditor.actor, file.id)
    with pytest.raises(NotFound):
        await take_back_table(cast.huadong_finance.actor, file.id)
    with clock.at(LATER):
        await take_back_table(cast.finance.actor, file.id)
    again = await looked(cast.finance, file.id)
    assert (again.status, again.statements, again.sample[0][1]) == (FileStatus.COLUMNS, 0, "ONE")
    assert not await owner.fetchval("select count(*) from bank_columns where agency_id = $1", cast.nordkai.id)
    await say([Meaning.BOOKED_ON, Meaning.TEXT, Meaning.DEBIT, Meaning.CREDIT])
    stands = [line for line in await lines(owner, account) if line["status"] != "withdrawn"]
    assert [(line["amount_minor"], line["status"]) for line in stands] == [(75_00, "booked"), (-12_00, "open")]
    async with transaction(cast.finance.actor.scope):
        assert await balance(cast.nordkai.id, 2020, "EUR") == 75_00
        await name(cast.finance.actor, stands[1]["id"], "charge")
    with clock.at(LATER), pytest.raises(Refused) as booked:
        await take_back_table(cast.finance.actor, file.id)
    assert booked.value.code == "booked"
    assert (await looked(cast.finance, file.id)).status is FileStatus.KEPT
    assert own.open_lines == 0
    assert await wrong(cast.nordkai.id) == []

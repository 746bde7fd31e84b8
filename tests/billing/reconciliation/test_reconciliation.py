"""Bank, ledger and funds on any day: even to the cent, or by exactly the items that lie between them; signed by two."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID

import asyncpg
import pytest

from billing.reconciliation import nightly
from billing.reconciliation.proof import prove_banks
from billing.reconciliation.sign import document_of, sign_first, sign_second, withdraw
from billing.reconciliation.three_way import ThreeWay, three_ways
from billing.remittance.proof import Proof
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.identity import new_id
from portal.settings import Settings
from portal.tenancy.database import as_job, transaction
from tests.billing.fees.test_client_pages import text
from tests.billing.money import NOON, TODAY, agreed, pay
from tests.billing.statements.test_files import words
from tests.cases.casework import placed_case
from tests.people import PASSWORD, Cast, Person, Visit

YESTERDAY = TODAY - timedelta(days=1)
LATER = NOON + timedelta(hours=3)


@pytest.fixture(autouse=True)
def _noon() -> object:
    with clock.at(LATER):
        yield


@pytest.fixture
async def account(cast: Cast, owner: asyncpg.Connection) -> UUID:
    """The trust account in pounds, and two payments of yesterday on it."""
    bank_account_id = new_id()
    await owner.execute(
        "insert into bank_accounts (id, agency_id, book, currency, position, name, iban, opened_on, created_at)"
        " values ($1, $2, 'trust', 'GBP', 1, 'Trust', 'GB33BUKB20201555555555', $3, $4)",
        *(bank_account_id, cast.nordkai.id, date(2026, 1, 1), NOON),
    )
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    for amount in (10_000, 2_550):
        await pay(cast.finance, case_id, amount, on=YESTERDAY)
    return bank_account_id


async def told(
    owner: asyncpg.Connection, cast: Cast, account: UUID, opening: int, *lines: int, on: date = YESTERDAY
) -> list[UUID]:
    """A statement of a day with lines of these amounts; gives their ids."""
    file_id, statement_id, ids = new_id(), new_id(), [new_id() for _ in lines]
    await owner.execute(
        "insert into bank_files (id, agency_id, size_bytes, sha256, object_key, given_at, status)"
        " values ($1, $2, 1, $3, 'x', $4, 'kept')",
        *(file_id, cast.nordkai.id, file_id.bytes * 2, NOON),
    )
    await owner.execute(
        "insert into bank_statements (id, agency_id, bank_account_id, file_id, position, form, currency, opening_minor,"
        " closing_minor, net_minor, from_on, to_on, entries, new_entries, new_lines, kept_at)"
        " values ($1, $2, $3, $4, 1, 'camt', 'GBP', $5, $6, $7, $8, $8, $9, $9, $9, $10)",
        *(
            statement_id,
            cast.nordkai.id,
            account,
            file_id,
            opening,
            opening + sum(lines),
            sum(lines),
            on,
            len(lines),
            NOON,
        ),
    )
    for position, (line_id, amount) in enumerate(zip(ids, lines, strict=True), 1):
        await owner.execute(
            "insert into bank_lines (id, agency_id, bank_account_id, statement_id, position, booked_on, currency, amount_minor,"
            " counterparty_name, entry_key, occurrence, entry_minor) values ($1, $2, $3, $4, $5, $6, 'GBP', $7, 'Payer', $8, 1, $7)",
            *(line_id, cast.nordkai.id, account, statement_id, position, on, amount, line_id.bytes * 2),
        )
    return ids


async def matched(owner: asyncpg.Connection, cast: Cast, account: UUID, line_id: UUID, amount: int) -> None:
    """A line is the journal that moved this amount."""
    journal_id = await owner.fetchval(
        "select journal_id from journal_lines where agency_id = $1 and account = 1000 and amount_minor = $2",
        *(cast.nordkai.id, amount),
    )
    await owner.execute(
        "insert into bank_matches (id, agency_id, bank_line_id, bank_account_id, journal_id, amount_minor, kind, matched_at,"
        " booked_on, effective_on) select uuidv7(), $1, t.id, $3, j.id, $5, 'linked', $6, t.booked_on, j.effective_on"
        " from bank_lines t, journals j where t.id = $2 and j.id = $4",
        *(cast.nordkai.id, line_id, account, journal_id, amount, NOON),
    )
    await owner.execute("update bank_lines set status = 'booked' where id = $1", line_id)


async def pounds(person: Person, day: date = YESTERDAY) -> ThreeWay:
    async with transaction(person.actor.scope, read_only=True):
        [found] = (await three_ways(person.actor, day))[0]
        return found


async def test_without_a_statement_ledger_and_funds_are_compared(cast: Cast, account: UUID) -> None:
    found = await pounds(cast.auditor)
    assert (found.bank_minor, found.ledger_minor, found.funds_minor) == (None, 12_550, 12_550)
    assert found.is_even and found.lines == [(2000, 12_550)]


async def test_what_lies_between_bank_and_books_is_named_to_the_cent(
    cast: Cast, owner: asyncpg.Connection, account: UUID
) -> None:
    first, unknown = await told(owner, cast, account, 0, 10_000, 777)
    found = await pounds(cast.finance)
    [side] = found.accounts
    assert (side.closing_minor, side.outstanding.total_minor, side.not_booked.total_minor) == (10_777, 12_550, 10_777)
    await matched(owner, cast, account, first, 10_000)
    found = await pounds(cast.finance)
    [side] = found.accounts
    assert [(item.what, item.minor) for item in side.outstanding.listed] == [("receipt", 2_550)]
    assert [(item.id, item.minor) for item in side.not_booked.listed] == [(unknown, 777)]
    assert (found.bank_minor, side.difference_minor, found.is_even) == (12_550, 0, True)


async def test_a_line_booked_on_a_later_day_is_not_yet_in_the_books_of_the_day(
    cast: Cast, owner: asyncpg.Connection, account: UUID
) -> None:
    lines = await told(owner, cast, account, 0, 10_000, 2_550, 3_000)
    for line_id, amount in zip(lines[:2], (10_000, 2_550), strict=True):
        await matched(owner, cast, account, line_id, amount)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    await pay(cast.finance, case_id, 3_000, on=TODAY)
    await matched(owner, cast, account, lines[2], 3_000)
    await nightly.sum_up(cast.nordkai.id, settled=timedelta(0))
    [before], [after] = (await pounds(cast.finance)).accounts, (await pounds(cast.finance, TODAY)).accounts
    assert (before.not_booked.total_minor, before.difference_minor) == (3_000, 0)
    assert (after.not_booked.count, after.outstanding.count, after.difference_minor) == (0, 0, 0)


async def test_an_opening_balance_that_our_books_do_not_have_is_shown_and_not_signed(
    cast: Cast, owner: asyncpg.Connection, account: UUID
) -> None:
    await told(owner, cast, account, 5_000, on=YESTERDAY)
    found = await pounds(cast.finance)
    [side] = found.accounts
    assert (side.opening_gap_minor, side.difference_minor, side.unexplained_minor) == (5_000, 5_000, 0)
    assert not found.is_even
    with pytest.raises(Refused, match="The sides differ"):
        async with transaction(cast.finance.actor.scope):
            await sign_first(cast.finance.actor, "GBP", YESTERDAY)


async def test_more_on_one_account_does_not_make_good_what_another_lacks(
    cast: Cast, owner: asyncpg.Connection, account: UUID, visit: Visit
) -> None:
    other = new_id()
    await owner.execute(
        "insert into bank_accounts (id, agency_id, book, currency, position, name, iban, opened_on, created_at)"
        " values ($1, $2, 'trust', 'GBP', 2, 'Trust two', 'GB94BARC10201530093459', $3, $4)",
        *(other, cast.nordkai.id, date(2026, 1, 1), NOON),
    )
    await told(owner, cast, account, 5_000)
    await told(owner, cast, other, -5_000)
    found = await pounds(cast.finance)
    assert found.bank_minor == found.ledger_minor == found.funds_minor
    assert [side.name for side in found.uneven] == ["Trust", "Trust two"] and not found.is_even
    with pytest.raises(Refused, match="The sides differ"):
        async with transaction(cast.finance.actor.scope):
            await sign_first(cast.finance.actor, "GBP", YESTERDAY)
    page = await visit(cast.finance)
    shown = text((await page.get(f"/reconciliation?on={YESTERDAY}")).text)
    assert "Trust two: bank and ledger differ by −50.00" in shown


async def test_a_banks_word_that_no_item_explains_is_found_by_the_proofs(
    cast: Cast, owner: asyncpg.Connection, account: UUID
) -> None:
    await told(owner, cast, account, 5_000, 10_000)
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        assert await prove_banks(cast.nordkai.id) == (1, []), (
            "what stood there before is shown, and no fault of the books"
        )
    await owner.execute(
        "update bank_statements set closing_minor = closing_minor + 700 where bank_account_id = $1", account
    )
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        [found] = (await prove_banks(cast.nordkai.id))[1]
    assert found.endswith("the bank and the ledger differ by 700 GBP")


async def signed_by_two(cast: Cast, settings: Settings, day: date = YESTERDAY) -> UUID:
    async with transaction(cast.finance.actor.scope):
        signed_id = await sign_first(cast.finance.actor, "GBP", day)
    async with transaction(cast.owner.actor.scope):
        await sign_second(cast.owner.actor, signed_id, Proof(password=PASSWORD), settings.secret_key)
    return signed_id


async def test_two_people_sign_and_the_document_stays(
    cast: Cast, owner: asyncpg.Connection, account: UUID, settings: Settings
) -> None:
    signed_id = await signed_by_two(cast, settings)
    async with transaction(cast.auditor.actor.scope, read_only=True):
        document = await document_of(cast.auditor.actor, signed_id)
    said = words(document)
    for expected in ("Reconciliation of the trust account", "Finance", "Owner", "125.50", "2000 Client funds"):
        assert expected in said, expected
    digest = await owner.fetchval(
        "select facts ->> 'sha256' from audit_events where action = 'reconciliation.signed_second' and agency_id = $1",
        cast.nordkai.id,
    )
    assert digest == sha256(document).hexdigest()
    for attempt in (
        "delete from reconciliations where id = $1",
        "update reconciliations set ledger_minor = 1 where id = $1",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await owner.execute(attempt, signed_id)
    with pytest.raises(Refused, match="Two have signed"):
        async with transaction(cast.finance.actor.scope):
            await withdraw(cast.finance.actor, signed_id)


async def test_of_two_who_sign_first_at_once_one_does_and_the_other_is_told(cast: Cast, account: UUID) -> None:
    async def sign(person: Person) -> UUID:
        async with transaction(person.actor.scope):
            return await sign_first(person.actor, "GBP", YESTERDAY)

    came = await asyncio.gather(sign(cast.finance), sign(cast.second_finance), return_exceptions=True)
    [refused] = [one for one in came if isinstance(one, BaseException)]
    assert isinstance(refused, Refused) and refused.code == "signed"


async def test_nobody_signs_twice_alone_too_early_or_what_has_changed_since(
    cast: Cast, account: UUID, settings: Settings
) -> None:
    finance, proof = cast.finance.actor, Proof(password=PASSWORD)
    with pytest.raises(Refused, match="not over"):
        async with transaction(finance.scope):
            await sign_first(finance, "GBP", TODAY)
    for person in (cast.auditor, cast.manager, cast.brandt_admin):
        with pytest.raises(Forbidden):
            async with transaction(person.actor.scope):
                await sign_first(person.actor, "GBP", YESTERDAY)
    async with transaction(finance.scope):
        signed_id = await sign_first(finance, "GBP", YESTERDAY)
    with pytest.raises(Refused, match="somebody else signs"):
        async with transaction(finance.scope):
            await sign_second(finance, signed_id, proof, settings.secret_key)
    with pytest.raises(NotFound):
        async with transaction(cast.huadong_finance.actor.scope):
            await sign_second(cast.huadong_finance.actor, signed_id, proof, settings.secret_key)
    await pay(cast.finance, await placed_case(cast.nordkai, cast.brandt, currency="GBP"), 900, on=YESTERDAY)
    with pytest.raises(Refused, match="since it was signed"):
        async with transaction(cast.owner.actor.scope):
            await sign_second(cast.owner.actor, signed_id, proof, settings.secret_key)
    async with transaction(finance.scope):
        await withdraw(finance, signed_id)
    await signed_by_two(cast, settings)


async def test_the_page_shows_the_three_sides_and_leads_through_both_signatures(
    cast: Cast, owner: asyncpg.Connection, account: UUID, visit: Visit
) -> None:
    await told(owner, cast, account, 0, 10_000)
    browser, second = await visit(cast.finance), await visit(cast.owner)
    page = text((await browser.get("/reconciliation")).text)
    assert "In our books, not yet told by the bank: 2" in page and "Told by the bank, not in our books: 1" in page
    assert "Bank = ledger = funds." in page
    day = {"on": YESTERDAY.isoformat(), "currency": "GBP"}
    assert (await browser.post("/reconciliation", data=day)).status_code == 303
    assert (await browser.post("/reconciliation", data=day)).status_code == 422, "a double click signs once"
    answer = (await second.get(f"/reconciliation?on={day['on']}")).text
    [signed_id] = await owner.fetch("select id from reconciliations where agency_id = $1", cast.nordkai.id)
    place = f"/reconciliation/{signed_id['id']}"
    assert f'action="{place}/signature"' in answer
    assert (await second.post(f"{place}/signature", data={"password": "wrong"})).status_code == 422
    assert (await second.post(f"{place}/signature", data={"password": PASSWORD})).status_code == 303
    assert "Signed by Finance and Owner" in text((await browser.get("/reconciliation")).text)
    auditor = await visit(cast.auditor)
    document = words((await auditor.get(f"{place}/pdf")).content)
    for part in ("in our books, not yet told by the bank", "receipt 25.50", "Payer", "100.00"):
        assert part in document, document
    assert (await (await visit(cast.negotiator)).get("/reconciliation")).status_code == 403
    assert (await (await visit(cast.huadong_finance)).get(f"{place}/pdf")).status_code == 404
    assert (await browser.get("/reconciliation?on=nonsense")).status_code == 404

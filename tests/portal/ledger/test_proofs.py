"""What the proofs find when somebody reaches behind the posting function."""

from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import asyncpg
import pytest

from portal import clock
from portal.ledger.journal import lines_of
from portal.settings import Settings
from portal.tenancy.database import sql, sql_value, transaction
from tests.portal.ledger.books import DAY, Books, open_books

NOON = datetime(2026, 3, 2, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture
async def books(owner: asyncpg.Connection) -> Books:
    books = await open_books(owner)
    with clock.at(NOON):
        await books.post(*books.place("K1", 500), *books.receive("C1", 100), source="bank", external_id="Zeile|1 ü")
    return books


async def only_journal(books: Books) -> UUID:
    async with transaction(books.actor.scope):
        return await sql_value("select id from journals where agency_id = $1", books.agency_id)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (
            "update journal_lines set amount_minor = 99 where agency_id = $1 and account = 1000",
            "every journal balances",
        ),
        ("update journal_lines set amount_minor = 99 where agency_id = $1 and account = 1000", "trust assets equal"),
        ("update journal_lines set amount_minor = 99 where agency_id = $1 and account = 1000", "trust bank equals"),
        ("update journal_lines set amount_minor = -amount_minor where agency_id = $1", "guarded balances"),
        ("update journal_lines set account = 1090 where agency_id = $1 and account = 1000", "1090 equals 2190"),
        (
            "update journal_lines set effective_on = '2026-03-01' where agency_id = $1 and account = 9000",
            "of another date",
        ),
        ("update cases set principal_minor = 499 where agency_id = $1 and number = 'K1'", "memo_principal 500"),
        ("update cases set costs_minor = 1 where agency_id = $1 and number = 'K2'", "each case's balance"),
        ("delete from journal_lines where agency_id = $1", "has no lines"),
        ("delete from audit_unsealed where agency_id = $1", "never reached the seal"),
        ("update balance_checkpoints set balance_minor = -150 where agency_id = $1", "every checkpoint is the sum"),
        ("update balance_checkpoints set through = through - 3 where agency_id = $1", "every checkpoint is the sum"),
    ],
)
async def test_damage_is_found_and_named(books: Books, owner: asyncpg.Connection, damage: str, found: str) -> None:
    async with transaction(books.actor.scope):
        assert await sql_value("select checkpoint_balances($1, 1)", DAY) == 1
    assert await books.wrong() == []
    await owner.execute(damage, books.agency_id)
    assert any(found in wrong for wrong in await books.wrong())


async def seal_as_it_is(books: Books, owner: asyncpg.Connection) -> None:
    await owner.execute(
        """
        insert into audit_seals (agency_id, sequence, sealed_at, kinds, subject_ids, digests, previous_hash, hash)
        select $1, 1, now(), array['journal'], array[id], array[journal_digest(id)], '', '' from journals
        where agency_id = $1
        """,
        books.agency_id,
    )
    await owner.execute("delete from audit_unsealed where agency_id = $1", books.agency_id)


async def test_a_journal_that_changed_after_its_seal_is_found(books: Books, owner: asyncpg.Connection) -> None:
    await seal_as_it_is(books, owner)
    assert await books.wrong() == []
    await owner.execute("update journals set kind = 'gift' where agency_id = $1", books.agency_id)
    changed = f"was changed, sequence 1, journal_id {await only_journal(books)}"
    assert any(changed in wrong for wrong in await books.wrong())


async def test_a_sealed_journal_that_is_gone_is_found(books: Books, owner: asyncpg.Connection) -> None:
    await seal_as_it_is(books, owner)
    await owner.execute("delete from journal_lines where agency_id = $1", books.agency_id)
    await owner.execute("delete from journals where agency_id = $1", books.agency_id)
    assert any("is gone" in wrong for wrong in await books.wrong())


async def test_a_right_too_many_is_found(books: Books, database: Settings) -> None:
    connection = await asyncpg.connect(database.database_owner_url)
    try:
        for right, place, found in (
            ("insert", "journal_lines", "may insert journal_lines"),
            ("update (kind)", "journals", "columns of journals"),
            ("update (costs_minor)", "cases", "may update cases.costs_minor"),
            ("update (fee_minor)", "payments", "columns of payments"),
            ("delete", "audit_events", "may delete audit_events"),
            ("insert", "audit_seals", "may insert audit_seals"),
        ):
            await connection.execute(f"grant {right} on {place} to portal_app")
            try:
                assert any(found in wrong for wrong in await books.wrong()), found
            finally:
                await connection.execute(f"revoke {right} on {place} from portal_app")
        await connection.execute("alter table cases disable trigger claims_post")
        try:
            assert any("a balance that nothing posts" in wrong for wrong in await books.wrong())
        finally:
            await connection.execute("alter table cases enable trigger claims_post")
    finally:
        await connection.close()
    assert await books.wrong() == []


async def test_a_journals_digest_is_that_of_the_documented_text(books: Books) -> None:
    """The text as journal_digests.sql describes it, put together here without its help."""
    journal = await only_journal(books)
    rows = [
        f"journal-1|{journal}|{books.agency_id}|4:bank|10:Zeile|1 ü|4:test|2026-03-02|2026-03-02T12:00:00.250000Z|||"
    ]
    async with transaction(books.actor.scope):
        for position, line in enumerate(await lines_of(books.agency_id, journal), start=1):
            parts = (line.client_id, line.case_id, line.component)
            holder = "|".join(str(part or "") for part in parts)
            rows.append(f"{position}|{line.book}|{line.account}|{line.currency}|{holder}|{line.amount_minor}|")
        digest = await sql_value("select journal_digest($1)", journal)
    assert digest == sha256("".join(f"{row}\n" for row in rows).encode()).digest()


async def test_the_digest_does_not_depend_on_how_the_session_writes_dates(books: Books) -> None:
    journal = await only_journal(books)
    digests = set()
    for style, zone in (("ISO, MDY", "UTC"), ("German", "Asia/Shanghai"), ("SQL, DMY", "America/New_York")):
        async with transaction(books.actor.scope):
            await sql(f"set local datestyle = '{style}'")
            await sql(f"set local timezone = '{zone}'")
            digests.add(await sql_value("select journal_digest($1)", journal))
    assert len(digests) == 1
    assert DAY.isoformat() == "2026-03-02"


async def test_each_agency_proves_only_its_own(books: Books, owner: asyncpg.Connection) -> None:
    other = await open_books(owner)
    await other.post(*other.receive("C1", 100))
    await owner.execute(
        "update journal_lines set amount_minor = 99 where agency_id = $1 and account = 1000", other.agency_id
    )
    assert await books.wrong() == []
    async with transaction(books.actor.scope):
        assert await sql("select 1 from journals where agency_id = $1", other.agency_id) == []

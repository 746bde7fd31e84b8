"""Journals under the same chain as events: posted, sealed by the sealer, and proved from what is stored."""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from portal.audit.prove import prove
from portal.audit.record import record
from portal.audit.seal import seal
from portal.ledger.journal import post, reverse
from portal.tenancy.database import sql, sql_value, transaction
from tests.portal.ledger.books import DAY, Books, draft, open_books


@pytest.fixture
async def books(owner: asyncpg.Connection) -> AsyncIterator[Books]:
    """Books with two journals posted in one call, one on its own with an event beside it, and a reversal."""
    books = await open_books(owner)
    await books.post_all(draft(*books.place("K1", 500)), draft(*books.place("K2", 700)))
    async with transaction(books.actor.scope):
        await record(books.actor, "payment.recorded", "payment", books.cases["K1"])
    received = await books.post(*books.receive("C1", 100), *books.pay("K1", 100))
    async with transaction(books.actor.scope):
        await reverse(books.actor, received, "test", "back", DAY)
    yield books


async def flaws(books: Books) -> list[str]:
    """What both proofs find, the trail's and the ledger's."""
    async with transaction(books.actor.scope, read_only=True):
        proof = await prove(books.agency_id)
    return [str(flaw.text) for flaw in proof.flaws] + await books.wrong()


async def journals(books: Books) -> list[UUID]:
    async with transaction(books.actor.scope, read_only=True):
        return [
            row["id"] for row in await sql("select id from journals where agency_id = $1 order by id", books.agency_id)
        ]


async def test_every_posted_journal_waits_for_the_sealer_and_is_sealed_once(books: Books) -> None:
    assert await seal(books.agency_id) == 5
    assert await seal(books.agency_id) == 0
    assert await flaws(books) == []
    async with transaction(books.actor.scope, read_only=True):
        covered = await sql(
            "select c.kind, c.id, c.digest from audit_seals s, unnest(s.kinds, s.subject_ids, s.digests)"
            " as c (kind, id, digest) where s.agency_id = $1",
            books.agency_id,
        )
        for row in covered:
            assert len(row["digest"]) == 32, "nothing was sealed with an empty digest"
            if row["kind"] == "journal":
                assert row["digest"] == await sql_value("select journal_digest($1)", row["id"])
    assert sorted(row["id"] for row in covered if row["kind"] == "journal") == await journals(books)
    assert [row["kind"] for row in covered].count("event") == 1


async def test_a_posting_that_was_rolled_back_leaves_nothing_to_seal(books: Books) -> None:
    await seal(books.agency_id)
    with pytest.raises(RuntimeError, match="killed"):
        async with transaction(books.actor.scope):
            await post(books.actor, [draft(*books.place("K1", 1))])
            raise RuntimeError("killed")
    assert await seal(books.agency_id) == 0
    assert await flaws(books) == []


async def test_a_journal_posted_in_pieces_of_a_long_inbox_is_sealed_in_order(books: Books) -> None:
    for _ in range(3):
        async with transaction(books.actor.scope):
            assert await sql_value("select seal_trail(now(), 2)") in (1, 2)
    assert await seal(books.agency_id) == 0
    assert await flaws(books) == []


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("update journal_lines set amount_minor = amount_minor * 2 where {journal}", "was changed after seal 1"),
        ("update journal_lines set component = 'costs' where {journal} and account = 9000", "was changed after seal 1"),
        ("update journals set posted_by = agency_id where {id}", "was changed after seal 1"),
        ("update journals set effective_on = effective_on - 1 where {id}", "was changed after seal 1"),
        ("delete from journal_lines where {journal} and account = 9100", "was changed after seal 1"),
        ("delete from audit_seals where agency_id = '{agency}'", "is under no seal and waits for none"),
        ("update audit_seals set digests[1] = '\\x00' where agency_id = '{agency}'", "Seal 1 was changed"),
    ],
)
async def test_a_hand_on_a_sealed_journal_is_found(
    books: Books, owner: asyncpg.Connection, damage: str, found: str
) -> None:
    await seal(books.agency_id)
    one = (await journals(books))[0]
    where = f"agency_id = '{books.agency_id}' and"
    done = await owner.execute(
        damage.format(journal=f"{where} journal_id = '{one}'", id=f"{where} id = '{one}'", agency=books.agency_id)
    )
    assert not done.endswith(" 0"), done
    told = await flaws(books)
    assert any(found in flaw for flaw in told), told


async def test_a_journal_taken_away_before_its_seal_is_sealed_as_missing(
    books: Books, owner: asyncpg.Connection
) -> None:
    one = (await journals(books))[1]
    await owner.execute("delete from journal_lines where journal_id = $1", one)
    await owner.execute("delete from journals where id = $1", one)
    await seal(books.agency_id)
    assert any(f"Journal {one} is missing" in flaw for flaw in await flaws(books))


async def test_a_journal_slipped_in_past_the_posting_function_is_found(books: Books, owner: asyncpg.Connection) -> None:
    await seal(books.agency_id)
    slipped = await owner.fetchval(
        "insert into journals (agency_id, source, external_id, kind, effective_on, posted_at)"
        " values ($1, 'test', 'slipped', 'test', $2, now()) returning id",
        *(books.agency_id, DAY),
    )
    told = await flaws(books)
    assert any(f"Journal {slipped}" in flaw and "under no seal" in flaw for flaw in told), told

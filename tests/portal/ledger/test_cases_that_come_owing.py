"""A case may come with what it owes: the statement that brings it posts it, or does not bring it."""

from datetime import date
from uuid import UUID

import asyncpg
import pytest

from portal.identity import new_id
from portal.tenancy.database import Scope, sql, transaction
from tests.portal.ledger.books import DAY, LONG_AGO, Books, open_books

COMES = """
insert into cases (id, agency_id, client_id, debtor_id, number, reference, currency, placed_minor, principal_minor,
                   interest_minor, costs_minor, placed_on, oldest_due_on, debtor_name, debtor_country, status, close_code,
                   last_activity_at, created_at)
select coming.id, c.agency_id, c.client_id, c.debtor_id, coming.id::text, coming.id::text, 'GBP', 1, principal, 7, 0,
       $4, $4, 'Osprey Ltd', 'GB', 'closed', 'uneconomical', $5, $5
from cases c cross join unnest($2::uuid[], $3::bigint[]) as coming (id, principal)
where c.agency_id = $1 and c.number = 'K1' order by coming.id
"""


@pytest.fixture
async def books(owner: asyncpg.Connection) -> Books:
    return await open_books(owner)


async def come(books: Books, *principals: int, scope: Scope | None = None, on: date = DAY) -> list[UUID]:
    """Cases of K1's debtor that come with a principal each, and 7 of interest."""
    ids = sorted(new_id() for _ in principals)
    async with transaction(scope or books.actor.scope):
        await sql(COMES, books.agency_id, ids, list(principals), on, LONG_AGO)
    return ids


async def test_each_has_its_own_journal_by_component(books: Books) -> None:
    first, second = await come(books, 500, 0)
    async with transaction(books.actor.scope):
        rows = await sql(
            "select external_id, source, kind, j.effective_on, posted_at, account, component, amount_minor, case_id"
            " from journals j join journal_lines l on l.agency_id = $1 and l.journal_id = j.id"
            " where j.agency_id = $1 order by external_id, position",
            books.agency_id,
        )
    head = ("placement", "placement", DAY, LONG_AGO)
    assert [tuple(row) for row in rows] == [
        (str(first), *head, 9000, "principal", 500, first),
        (str(first), *head, 9100, None, -500, None),
        (str(first), *head, 9000, "interest", 7, first),
        (str(first), *head, 9100, None, -7, None),
        (str(second), *head, 9000, "interest", 7, second),
        (str(second), *head, 9100, None, -7, None),
    ]
    assert await books.wrong() == []


@pytest.mark.parametrize("kind", ["client", "debtor"])
async def test_who_may_not_post_brings_no_case_that_owes(books: Books, kind: str) -> None:
    client_id, case_id = books.client_of["K1"], books.cases["K1"]
    with pytest.raises(asyncpg.PostgresError):
        await come(books, 500, scope=Scope(kind, books.agency_id, client_id, case_id))
    assert await books.wrong() == []


async def test_no_case_begins_below_nought_or_in_a_closed_period(books: Books, owner: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await come(books, 500, -1)
    await owner.execute(
        "insert into closed_periods (agency_id, through, closed_at) values ($1, $2, $3)", books.agency_id, DAY, LONG_AGO
    )
    with pytest.raises(asyncpg.PostgresError) as refused:
        await come(books, 500)
    assert refused.value.sqlstate == "PL004"
    assert await books.wrong() == []

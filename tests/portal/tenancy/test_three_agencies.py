"""Three agencies with clients and cases of their own: whatever scope asks, exactly its own rows answer."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.audit.record import INSERT
from portal.identity import new_id
from portal.tenancy.database import Scope, sql, transaction
from tests.people import found

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KINDS = ("staff", "job", "client", "debtor", "", "operator")


@dataclass
class World:
    """What is there: each row with the agency, client and case it belongs to."""

    agencies: list[UUID] = field(default_factory=list)
    clients: list[tuple[UUID, UUID]] = field(default_factory=list)
    """Client and its agency."""
    cases: list[tuple[UUID, UUID, UUID]] = field(default_factory=list)
    """Case, its client, its agency."""
    debtors: list[tuple[UUID, UUID]] = field(default_factory=list)

    def expected(self, scope: Scope) -> dict[str, set[UUID]]:
        """What a scope sees of each table, said once more in another way than the policies do."""
        agency, inside = scope.agency_id, scope.kind in ("staff", "job")
        client = scope.client_id if scope.kind == "client" else None
        debtor = scope.case_id if scope.kind == "debtor" else None
        return {
            "agencies": {a for a in self.agencies if a == agency and (inside or scope.kind in ("client", "debtor"))},
            "clients": {c for c, a in self.clients if a == agency and (inside or c == client)},
            "debtors": {d for d, a in self.debtors if a == agency and inside},
            "cases": {k for k, c, a in self.cases if a == agency and (inside or c == client or k == debtor)},
        }


@pytest.fixture(scope="module")
async def world(owner_pool: asyncpg.Pool) -> World:
    made = World()
    async with owner_pool.acquire() as connection:
        for _ in range(2):
            cast = await found(connection)
            for agency, clients in ((cast.nordkai, (cast.brandt, cast.lanting)), (cast.huadong, (cast.mingda,))):
                if len(made.agencies) == 3:
                    break
                made.agencies.append(agency.id)
                for client in clients:
                    made.clients.append((client.id, agency.id))
                    for _ in range(2):
                        await _case(connection, made, agency.id, client.id, agency.queue_id)
    return made


async def _case(connection: asyncpg.Connection, made: World, agency: UUID, client: UUID, queue: UUID) -> None:
    debtor, case = new_id(), new_id()
    await connection.execute(
        "insert into debtors (id, agency_id, name, match_name, country, created_at) values ($1, $2, 'D', $4, 'DE', $3)",
        debtor, agency, NOW, debtor.hex,
    )  # fmt: skip
    await connection.execute(
        "insert into cases (id, agency_id, client_id, debtor_id, number, reference, currency, placed_minor, placed_on,"
        " oldest_due_on, debtor_name, debtor_country, next_action, next_action_at, next_action_queue_id,"
        " last_activity_at, created_at)"
        " values ($1, $2, $3, $4, $5, $5, 'EUR', 0, $6, $6, 'D', 'DE', 'call', $7, $8, $7, $7)",
        case, agency, client, debtor, case.hex[-10:], NOW.date(), NOW, queue,
    )  # fmt: skip
    made.debtors.append((debtor, agency))
    made.cases.append((case, client, agency))


def scopes(world: World) -> st.SearchStrategy[Scope]:
    """Any scope at all, ids mixed across agencies and made up."""
    nothing = st.none() | st.builds(new_id)
    return st.builds(
        Scope,
        kind=st.sampled_from(KINDS),
        agency_id=st.sampled_from(world.agencies) | nothing,
        client_id=st.sampled_from([client for client, _ in world.clients]) | nothing,
        case_id=st.sampled_from([case for case, _, _ in world.cases]) | nothing,
        user_id=nothing,
    )


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_every_scope_sees_exactly_its_own_rows(world: World, data: st.DataObject) -> None:
    scope = data.draw(scopes(world))
    async with transaction(scope, read_only=True):
        seen = {table: {row["id"] for row in await sql(f'select id from "{table}"')} for table in world.expected(scope)}
    assert seen == world.expected(scope)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_no_scope_writes_into_another_agency(world: World, data: st.DataObject) -> None:
    scope = data.draw(scopes(world))
    target = data.draw(st.sampled_from(world.agencies))
    own = scope.agency_id == target and scope.kind in ("staff", "job")
    told = ([None], None, ["{}"], ["{}"], ["{}"], None)
    event = ([new_id()], target, NOW, "user", None, "", "x.tried", "case", *told)
    if own:
        async with transaction(scope):
            await sql(INSERT, *event)
        return
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with transaction(scope):
            await sql(INSERT, *event)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_no_scope_changes_what_it_does_not_see(world: World, data: st.DataObject) -> None:
    scope = data.draw(scopes(world))
    async with transaction(scope):
        changed = {row["id"] for row in await sql("update cases set description = 'seen' returning id")}
    assert changed == world.expected(scope)["cases"]

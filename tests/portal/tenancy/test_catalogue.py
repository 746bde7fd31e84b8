"""The walls as the catalogue shows them, and that the look at it would see each gap."""

import asyncpg
import pytest

from tests.portal.tenancy.catalogue import gaps


async def test_no_gap_is_in_the_walls(scratch: asyncpg.Connection) -> None:
    assert await gaps(scratch) == []


@pytest.mark.parametrize(
    ("breach", "told"),
    [
        ("drop policy agency on cases", "cases: its permissive policies are []"),
        ("drop policy client on cases", "cases: nothing narrows what a client sees"),
        ("drop policy debtor on promises", "promises: nothing narrows what a debtor sees"),
        ("alter policy client on cases using (true)", "cases: its policy client does not narrow"),
        ("alter policy agency on cases using (true)", "cases: its policy agency admits more"),
        ("alter policy agency on cases with check (true)", "cases: its policy agency admits more"),
        (
            "alter policy agency on cases using (agency_id = (select app_agency()))",
            "cases: its policy agency admits more",
        ),
        ("create policy kind on cases using (true)", "cases: its permissive policies are ['agency', 'kind']"),
        ("alter table cases no force row level security", "cases: row-level security is not forced"),
        ("alter table cases disable row level security", "cases: row-level security is not on"),
        ("alter table users no force row level security", "users: row-level security is not forced"),
        ("create table extras (id uuid primary key, agency_id uuid not null)", "extras: row-level security is not on"),
        ("create table extras (id uuid primary key)", "extras: has no agency"),
        ("create index cases_by_name on cases (debtor_name)", "cases_by_name: does not begin with the agency"),
        ("create unique index cases_ref on cases (reference)", "cases_ref: does not begin with the agency"),
        (
            "alter table invoices add constraint loose foreign key (case_id) references cases (id)",
            "loose: the key does not carry the agency",
        ),
        ("create view peek as select * from cases", "peek: a view that sees with its owner's eyes"),
        (
            "create function peek() returns bigint language sql security definer as 'select count(*) from cases'",
            "peek(): runs as portal_owner",
        ),
        ("alter function all_agencies() reset search_path", "all_agencies(): its search_path is not fixed"),
        (
            "alter function all_agencies() set search_path = pg_temp, public",
            "all_agencies(): its search_path is not fixed",
        ),
        ("grant execute on function all_agencies() to public", "all_agencies(): anybody may call it"),
        ("grant truncate on cases to portal_app", "portal_app may empty cases"),
        ("grant create on schema public to portal_app", "portal_app may create in the schema public"),
        ("grant insert on exchange_rates to portal_app", "exchange_rates: the application may write it"),
        ("grant select on declared_guarantees to portal_app", "declared_guarantees: the application may read it"),
    ],
)
async def test_each_gap_would_be_seen(scratch: asyncpg.Connection, breach: str, told: str) -> None:
    if "all_agencies" in breach:
        await scratch.execute("set local role portal_definer")
    await scratch.execute(breach)
    assert any(gap.startswith(told) for gap in await gaps(scratch))


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("api_keys", {"revoked_at"}),
        ("invitations", {"token_hash", "expires_at", "withdrawn_at"}),
        ("memberships", {"role", "ended_at"}),
        ("number_series", {"last"}),
        ("sessions", {"ended_at"}),
        ("users", {"name", "language", "time_zone", "theme"}),
        ("payments", set()),
        ("fee_agreements", set()),
        ("fee_rules", set()),
        ("statement_lines", set()),
        ("case_events", set()),
        ("contact_attempts", set()),
        ("document_accesses", set()),
    ],
)
async def test_nothing_more_of_a_row_changes_than_what_becomes_of_it(
    scratch: asyncpg.Connection, table: str, columns: set[str]
) -> None:
    """Whom a key speaks for, whom an invitation is for, and what was written down, stay as they were."""
    rows = await scratch.fetch(
        "select attname from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped"
        " and has_column_privilege('portal_app', attrelid, attnum, 'update')",
        table,
    )
    assert {row["attname"] for row in rows} == columns

"""The sample world: loaded once into a database of its own, then looked at from all sides."""

from __future__ import annotations

import dataclasses
import re
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from json import loads
from random import Random
from uuid import UUID

import asyncpg
import pytest

from portal import clock
from portal.audit.words import FACTS, PERSONAL, fact_text
from portal.backends.postgres import database_url, drop_database
from portal.errors import Refused
from portal.pages.text import LANGUAGES, speaking
from portal.pages.vocabulary import SITUATIONS
from portal.people import passwords
from portal.sample import LOGINS, load
from portal.sample.acts import Account, Event
from portal.sample.cast import AGENCIES, AgencyPlan
from portal.sample.casting import tell_all
from portal.sample.doors import open_doors
from portal.sample.loading import SEED, loaded
from portal.sample.placing import Batch, batches
from portal.settings import Settings
from portal.tenancy.database import DB
from portal.verify import run as verify
from tests.billing.books.ledgers import found_wrong, told
from tests.conftest import own_database

NOW = datetime(2026, 11, 24, 12, 38, tzinfo=UTC)
"""A Tuesday, 13:38 in Berlin."""
TYPED = {"note", "text", "slug", "content", "sha256", "hash"}
"""Facts that are no codes: what somebody wrote, names and digests."""


@pytest.fixture
async def empty(servers: Settings) -> AsyncIterator[Settings]:
    """A database of one test alone; the worker's own is put back afterwards."""
    name = f"portal_sample_{secrets.token_hex(4)}"
    await own_database(servers, name)
    owner = servers.database_owner_url or ""
    before = DB.config.get("dsn") if DB.pool else None
    if before:
        await DB.close()
    yield dataclasses.replace(
        servers,
        database_url=database_url(servers.database_url, name),
        database_owner_url=database_url(owner, name),
    )
    if DB.pool:
        await DB.close()
    if before:
        await DB.open(str(before), pool_size=10)
    await drop_database(owner, name)


async def test_the_sample_world_is_whole_proved_and_alive(empty: Settings) -> None:
    seen: list[tuple[int, int]] = []
    assert await load(empty, now=NOW, progress=lambda done, of: seen.append((done, of))) is True
    assert seen[-1][0] == seen[-1][1]

    with clock.at(NOW):
        wrong = [check for check in await verify(empty, sample_documents=None) if not check.ok]
    assert wrong == []

    owner = await asyncpg.connect(empty.database_owner_url)
    try:
        await owner.execute("set role portal_definer")
        await every_situation_can_be_seen(owner)
        await every_matter_can_be_seen(owner)
        await nothing_lies_about(owner)
        await money_went_all_the_way(owner)
        await papers_are_pdfs_that_were_released(owner)
        await the_trail_says_everything_in_words(owner)
        agency_ids = [row["id"] for row in await owner.fetch("select id from agencies")]
    finally:
        await owner.close()

    assert await load(empty, now=NOW) is False, "it is there already"
    await DB.open(empty.database_url, pool_size=2)
    await another_program_adds_up_the_same(agency_ids)
    doors = await open_doors()
    assert [door.agency for door in doors] == [plan.name for plan in AGENCIES]
    assert all(door.address.startswith(f"{empty.base_url}/claim/") and door.reference for door in doors)


async def another_program_adds_up_the_same(agency_ids: list[UUID]) -> None:
    assert len(agency_ids) == len(AGENCIES)
    for agency_id in agency_ids:
        whole = await told(agency_id, (NOW - timedelta(days=4000)).date(), NOW.date())
        assert whole.count("\n  journal: ") > 100
        assert found_wrong(whole) == []


async def the_trail_says_everything_in_words(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        "select distinct key from audit_events, lateral jsonb_object_keys(facts || before || after) as key"
    )
    assert {row["key"] for row in rows} - {*FACTS, *PERSONAL} == set()
    values = await owner.fetch(
        "select distinct action, subject_kind, key, value::text from audit_events, lateral jsonb_each(facts) as fact"
        " union select distinct action, subject_kind, key, value::text"
        " from audit_events, lateral jsonb_each(before || after) as fact"
    )
    assert len(values) > 500
    for language in LANGUAGES:
        with speaking(language):
            codes = {
                (row["action"], row["key"], text)
                for row in values
                if (text := fact_text(row["key"], loads(row["value"]), "EUR", (row["action"], row["subject_kind"])))
                and row["key"] not in TYPED
                and re.search(r"(?<!\S)[a-z]+(_[a-z]+)+(?!\S)" if language == "en" else r"^[a-z_]+$", text)
            }
        assert codes == set()


async def every_situation_can_be_seen(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        "select a.slug, c.situation from cases c join agencies a on a.id = c.agency_id group by 1, 2"
    )
    for plan in AGENCIES:
        found = {row["situation"] for row in rows if row["slug"] == plan.slug}
        assert found == set(SITUATIONS), plan.slug
    bands = await owner.fetch("select distinct agency_id, band from cases where status <> 'closed'")
    for plan in AGENCIES:
        agency = await owner.fetchval("select id from agencies where slug = $1", plan.slug)
        assert {row["band"] for row in bands if row["agency_id"] == agency} >= {1, 2, 3, 4, 5, 6}, plan.slug
    outcomes = await owner.fetch("select distinct outcome from contact_attempts")
    assert len(outcomes) == 6
    assert await owner.fetchval("select count(*) from contact_attempts where verdict = 'REASON'") >= 4
    for table in ("contact_stops", "disputes", "documents", "exchange_rates"):
        assert await owner.fetchval(f"select count(*) from {table}") > 0
    assert await owner.fetchval("select count(*) from debtor_people where third_party") > 0
    assert await owner.fetchval("select count(*) from debtors where represented_by <> ''") > 0


MATTERS = {
    "rules of a client": "select from acceptance_rules where client_id is not null",
    "a case that waits for its client": "select from case_requirements where met_at is null and answered_at is null",
    "an answer that waits for the agency": "select from case_requirements where met_at is null and answered_at is not null",
    "a recall that waits": "select from recalls where status = 'pending'",
    "a recall that is final": "select from recalls where status = 'final'",
    "a correction down": "select from claim_corrections where status = 'posted' and after_minor < before_minor",
    "a correction up that waits": "select from claim_corrections where status = 'proposed' and after_minor > before_minor",
    "interest and costs": "select from cases where interest_minor > 0 and costs_minor > 0",
    "credits": "select from case_credits where kind = 'credit_note'",
    "a document with two versions": "select from documents where version_number = 2 and state = 'released'",
    "a document on hold": "select from documents where held_at is not null",
    "debtors that are one": "select from debtor_matches where decision = 'same'",
    "debtors to decide on": "select from debtor_matches where decision is null",
    "a settlement that waits for its client": "select from plans where status = 'offered' and rung = 'client'",
    "a plan that waits for a supervisor": "select from plans where status = 'offered' and rung = 'supervisor'",
    "a settlement that was kept": "select from plans where status = 'completed' and write_off_journal_id is not null",
    "an agreement in writing": "select from plans where document_id is not null",
    "a write-off whose client has the word": "select from write_offs where status = 'proposed' and rung = 'client'",
    "a rest that was written off": "select from write_offs where status = 'approved' and close_code <> ''",
    "goods whose client has the word": "select from outcomes where kind = 'goods' and status = 'proposed'",
    "a set-off that its client confirmed": "select from outcomes where kind = 'set_off' and payment_id is not null",
    "a security": "select from outcomes where kind = 'collateral' and status = 'stands'",
    "more time with a guarantor": "select from outcomes where kind = 'extension' and guarantor <> ''",
    "a standstill": "select from outcomes where kind = 'standstill' and status = 'stands'",
    "a payment to a client, reported": "select from direct_payment_reports where status = 'reported' and reporter = 'debtor'",
    "a payment to a client, posted": "select from direct_payment_reports where status = 'accepted' and client_has_it",
    "money of nobody known": "select from suspense where case_id is null and ended_at is null",
    "money that a dispute keeps": "select from suspense where case_id is not null and ended_at is null",
    "money of a card": "select from card_payments where status = 'succeeded' and payment_id is not null",
    "a chargeback to answer": "select from chargebacks where status = 'needs_response' and reversal_id is not null",
    "a refund that was paid": "select from card_refunds where status = 'succeeded' and reversal_id is not null",
    "a refund that waits": "select from card_refunds where status = 'asked'",
    "a payout in the books": "select from payouts where journal_id is not null and is_listed",
    "a bank's file that overlaps another": "select from bank_statements where new_entries between 1 and entries - 1",
    "a bank's table": "select from bank_files where form = 'table' and status = 'kept'",
    "a line to be matched": "select from bank_lines where status = 'open'",
    "a line that is none of ours": "select from bank_lines where status = 'explained'",
    "interest of the bank": "select from journals where kind = 'bank interest'",
    "a charge of the bank": "select from journals where kind = 'charge'",
    "a payout that came back and was paid again": "select from returned_payouts where status = 'paid'",
    "an invoice that a line paid": "select from invoice_payments where journal_id in (select journal_id from bank_matches)",
    "an invoice overdue": "select from client_invoices where settled_on is null and due_on < date '2026-10-24'",
    "an invoice made less": "select from credit_notes where why = 'agreed'",
    "costs advanced": "select from case_costs where advanced_by = 'agency'",
    "money exchanged for a client": "select from exchanges where bought_minor > quoted_minor",
    "balances brought over by two people": "select from openings where status = 'approved' and approved_by <> all (authors)",
    "a client's money brought over and paid out": "select from statements where brought_minor > 0 and status = 'closed'",
    "money of before that nobody knows": "select from suspense s join openings o using (agency_id) where s.journal_id = o.journal_id and s.ended_at is null",
    "what was paid too much, paid back": "select from refunds where status = 'paid' and journal_id is not null",
    "what was paid too much, asked for": "select from refunds where status = 'asked'",
    "a case by hand, begun": "select from case_drafts",
    "a scan that somebody gave its case": "select from batch_files where state = 'arrived' and match ->> 'by' = 'chosen'",
    "a scan without a case": "select from batch_files where state = 'arrived' and case_id is null",
}


async def every_matter_can_be_seen(owner: asyncpg.Connection) -> None:
    """In each agency: what a client brings about besides its lists, and what waits for somebody's answer."""
    for plan in AGENCIES:
        agency = await owner.fetchval("select id from agencies where slug = $1", plan.slug)
        for what, query in MATTERS.items():
            condition = query.replace("select from", "select count(*) from")
            condition += f" {'and' if 'where' in query else 'where'} agency_id = $1"
            assert await owner.fetchval(condition, agency) > 0, f"{what} in {plan.slug}"


async def nothing_lies_about(owner: asyncpg.Connection) -> None:
    """No job waits, nobody was forgotten for weeks, and nothing happens in the future."""
    forgotten = (
        "select count(*) from cases where status <> 'closed' and next_action_at < $1::timestamptz - interval '12 days'"
    )
    assert await owner.fetchval(forgotten, NOW) == 0
    assert await owner.fetchval("select count(*) from audit_unsealed") == 0
    for column in ("case_events.at", "audit_events.at", "payments.recorded_at", "contact_attempts.at"):
        table, name = column.split(".")
        assert await owner.fetchval(f"select max({name}) from {table}") <= NOW, column
    checked = await owner.fetch(
        "select a.slug from placements p join agencies a on a.id = p.agency_id where p.status = 'checking'"
        " and (p.summary ->> 'errors')::int >= 4 order by 1"
    )
    assert [row["slug"] for row in checked] == sorted(plan.slug for plan in AGENCIES)


async def money_went_all_the_way(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        "select a.slug, r.currency, count(*) filter (where r.status = 'closed') as closed,"
        " count(*) filter (where r.status in ('draft', 'reviewed')) as open"
        " from remittance_runs r join agencies a on a.id = r.agency_id group by 1, 2"
    )
    currencies = {(row["slug"], row["currency"]) for row in rows}
    assert currencies == {
        ("elbtor", "EUR"),
        ("elbtor", "USD"),
        ("elbtor", "GBP"),
        ("huaheng", "CNY"),
        ("huaheng", "USD"),
    }
    assert all(row["closed"] >= 4 and row["open"] <= 1 for row in rows)
    assert sum(row["open"] for row in rows) >= 3
    signed = await owner.fetch(
        "select a.slug, count(*) filter (where r.second_at is not null and r.document is not null"
        " and r.bank_minor = r.ledger_minor and r.ledger_minor = r.funds_minor and r.on_day = '2026-10-31') as even,"
        " count(*) as all from reconciliations r join agencies a on a.id = r.agency_id group by 1 order by 1"
    )
    assert [tuple(row) for row in signed] == [("elbtor", 3, 6), ("huaheng", 2, 4)], "the month before as well"
    standing = await owner.fetch("select kind, about from notices where ended_at is null")
    assert standing == [] and await owner.fetchval("select count(*) from notices") == 5
    by_itself = await owner.fetch(
        "select count(m.id) filter (where m.matched_by is null) as known, count(distinct l.id) as all from bank_lines l"
        " left join bank_matches m on m.bank_line_id = l.id and m.undone_at is null group by l.agency_id"
    )
    assert all(row["known"] > row["all"] * 0.8 for row in by_itself), "most lines need nobody"
    for what in ("reverses is not null", "received_by = 'client'", "channel = 'cheque'"):
        assert await owner.fetchval(f"select count(*) from payments where {what}") > 0, what


async def papers_are_pdfs_that_were_released(owner: asyncpg.Connection) -> None:
    cases = await owner.fetchval("select count(*) from cases")
    with_papers = await owner.fetchval("select count(distinct case_id) from documents where state = 'released'")
    assert await owner.fetchval("select count(*) from documents where state <> 'released'") == 0
    assert 0.3 < with_papers / cases < 0.5


async def test_a_load_that_was_killed_is_recognised_and_refused(empty: Settings) -> None:
    class Killed(Exception):
        pass

    def kill(done: int, of: int) -> None:
        if done > 3:
            raise Killed

    with pytest.raises(BaseExceptionGroup):
        await load(empty, now=NOW, progress=kill)
    with pytest.raises(Refused, match="did not come to its end"):
        await load(empty, now=NOW)
    await DB.open(empty.database_url, pool_size=2)
    with pytest.raises(Refused, match="did not come to its end"):
        await loaded()


def world(plan: AgencyPlan, now: datetime) -> tuple[list[Batch], list[Event]]:
    random = Random(f"{SEED} {plan.slug}")
    placed = batches(random, plan, now)
    for batch in placed:
        for account in batch.accounts:
            account.placed_at = batch.at
    accounts: list[Account] = [account for batch in placed if not batch.spoilt for account in batch.accounts]
    return placed, tell_all(random, accounts, now)


@pytest.mark.parametrize("plan", AGENCIES, ids=lambda plan: plan.slug)
def test_the_same_moment_gives_the_same_world(plan: AgencyPlan) -> None:
    def shown(now: datetime) -> tuple[list[bytes], list[tuple[datetime, str, object]]]:
        placed, events = world(plan, now)
        return [batch.content for batch in placed], [(e.at, e.account.reference, e.act) for e in events]

    assert shown(NOW) == shown(NOW)
    assert shown(NOW)[0] != shown(NOW.replace(month=10))[0]


@pytest.mark.parametrize("plan", AGENCIES, ids=lambda plan: plan.slug)
@pytest.mark.parametrize(
    "now",
    [
        NOW,
        datetime(2027, 1, 1, 8, tzinfo=UTC),
        datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
        datetime(2027, 5, 2, tzinfo=UTC),
    ],
)
def test_on_any_day_the_stories_end_at_the_present(plan: AgencyPlan, now: datetime) -> None:
    placed, events = world(plan, now)
    assert all(event.at < now for event in events)
    assert all(batch.at < now for batch in placed)
    known: dict[str, datetime] = {a.reference: b.at for b in placed for a in b.accounts}
    assert all(event.at > known[event.account.reference] for event in events)
    assert 90 < sum(len(batch.accounts) for batch in placed) < 300


def test_everybody_shown_may_sign_in_with_the_one_password() -> None:
    for agency, _, name, email, password in LOGINS:
        passwords.check_choice(password, [agency, name, email])
    assert len({email for _, _, _, email, _ in LOGINS}) == len(LOGINS)

"""Judging the cases of a placement by the rules, in the transaction that makes them.

The rows wait in the temporary table ``new_cases``. Those that fall short are marked there with what is asked of the
client, before they become cases, so that each is written once; what they lack waits in ``new_requirements`` until they
are. Without rules nothing is asked of the database but which version holds.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from cases.acceptance.rulebook import Version, in_force
from cases.acceptance.rules import CaseFacts, Rules, Shortfall, judge
from portal.tenancy.database import connection, sql, sql_value

BATCH: Final = 5000

CREATE: Final = """
create temporary table new_requirements (case_id uuid, code text, kind text, params jsonb) on commit drop
"""

FACTS: Final = "select case_id, currency, total_minor, oldest_due_on, country, kind from new_cases"

COLLECT: Final = """
insert into new_requirements (case_id, code, kind, params)
select case_id, code, kind, params::jsonb from unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
    as found (case_id, code, kind, params)
"""

# A document is fetched; anything else is a question.
MARK: Final = """
with short as (
    select case_id, case when bool_or(kind <> '') then 'get_documents' else 'ask_client' end as asks
    from new_requirements group by case_id),
marked as (update new_cases n set asks = short.asks from short where n.case_id = short.case_id returning 1)
select count(*) from marked
"""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How many cases of a placement fall short of a version of the rules."""

    version: Version
    cases: int


async def judge_new_cases(client_id: UUID, placed_on: date) -> Judgement | None:
    """Mark in ``new_cases`` what falls short of the rules that hold for the client; None where none does."""
    version = await in_force(client_id)
    if version is None or version.rules is None or version.rules.ask_nothing:
        return None
    await connection().execute(CREATE)
    rows = await connection().cursor(FACTS)
    while batch := await rows.fetch(BATCH):
        if found := [line for row in batch for line in _lines(row, version.rules, placed_on)]:
            await sql(COLLECT, *(list(column) for column in zip(*found, strict=True)))
    cases: int = await sql_value(MARK)
    return Judgement(version, cases) if cases else None


def _lines(row: asyncpg.Record, rules: Rules, placed_on: date) -> list[tuple[UUID, str, str, str]]:
    facts = CaseFacts(
        currency=row["currency"],
        claim_minor=row["total_minor"],
        oldest_due_on=row["oldest_due_on"],
        placed_on=placed_on,
        country=row["country"],
        debtor_kind=row["kind"],
    )
    return [_line(row["case_id"], shortfall) for shortfall in judge(rules, facts)]


def _line(case_id: UUID, shortfall: Shortfall) -> tuple[UUID, str, str, str]:
    return case_id, shortfall.code.value, shortfall.kind, json.dumps(dict(shortfall.params))


ADD: Final = """
insert into case_requirements (agency_id, client_id, case_id, code, kind, params, rules_id, asked_at)
select $1, $2, case_id, code, kind, params, $3, $4 from new_requirements
"""

TELL: Final = """
insert into case_events (agency_id, client_id, case_id, at, kind, topic, actor_name, facts)
select $1, $2, case_id, $3, 'requirements.asked', 'client', '',
       jsonb_build_object('lacks', jsonb_agg(jsonb_build_object('code', code, 'params', params)))
from new_requirements group by case_id
"""


async def add_requirements(agency_id: UUID, client_id: UUID, judgement: Judgement, now: datetime) -> None:
    """Write what the new cases lack beside them, and on their timelines."""
    await sql(ADD, agency_id, client_id, judgement.version.id, now)
    await sql(TELL, agency_id, client_id, now)

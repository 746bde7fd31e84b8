"""Taking claims out of the ledger again: of cases that were placed in error, or that the agency declines."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from portal.ledger.journal import JournalDraft, owe_less, post
from portal.ledger.tables import Component
from portal.people.actor import Actor
from portal.tenancy.database import sql

OWED: Final = """
select c.id, c.client_id, c.currency, c.placed_minor, c.principal_minor, c.interest_minor, c.costs_minor,
       j.id as journal_id
from cases c
join journals j on j.agency_id = c.agency_id and j.source = 'placement' and j.external_id = c.id::text
where c.agency_id = $1 and c.id = any($2) and c.principal_minor + c.interest_minor + c.costs_minor > 0 order by c.id
"""


async def take_out_claims(actor: Actor, case_ids: Sequence[UUID], on: date) -> None:
    """Post one journal a case, dated ``on``, after which nothing is owed on it. The caller holds the cases' rows.

    Where a case owes what it was placed with, the journal names the one that put it there as its mirror; a claim that
    was corrected since is taken out as it stands.
    """
    owed = await sql(OWED, actor.agency_id, list(case_ids))
    await post(actor, [_draft(case, on) for case in owed])


def _draft(case: asyncpg.Record, on: date) -> JournalDraft:
    parts = {component: case[f"{component}_minor"] for component in Component}
    lines = tuple(
        line
        for component, minor in parts.items()
        if minor
        for line in owe_less(case["id"], component, minor, case["currency"], client=case["client_id"])
    )
    as_placed = parts == dict.fromkeys(Component, 0) | {Component.PRINCIPAL: case["placed_minor"]}
    return JournalDraft(
        source="placement",
        external_id=f"{case['id']} taken back",
        kind="placement taken back",
        effective_on=on,
        lines=lines,
        reverses=case["journal_id"] if as_placed else None,
    )

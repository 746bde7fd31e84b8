"""What a case owes as its client placed it, in the ledger: put there when it is placed, taken out again when the case was
placed in error or the agency declines it."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from cases.casework import CaseFile
from cases.ending import rest_of
from portal.ledger.journal import JournalDraft, Line, Owe, by_component, owe_less, post
from portal.ledger.tables import Component
from portal.people.actor import Actor
from portal.people.agency_time import agency_zone
from portal.tenancy.database import sql


def claim_lines(owe: Owe, case_id: UUID, client_id: UUID, claim: asyncpg.Record) -> tuple[Line, ...]:
    """The lines of a claim, from a row with its ``currency`` and an amount in minor units for each component."""
    amounts = {component: claim[f"{component}_minor"] or 0 for component in Component}
    return by_component(owe, case_id, amounts, claim["currency"], client=client_id)


OWED: Final = """
select c.id, c.client_id, c.currency, c.principal_minor, c.interest_minor, c.costs_minor, j.id as journal_id,
       (placed.principal, placed.interest, placed.costs) = (c.principal_minor, c.interest_minor, c.costs_minor) as as_placed
from cases c
join journals j on j.agency_id = c.agency_id and j.source = 'placement' and j.external_id = c.id::text
cross join lateral (
    select coalesce(sum(amount_minor) filter (where component = 'principal'), 0) as principal,
           coalesce(sum(amount_minor) filter (where component = 'interest'), 0) as interest,
           coalesce(sum(amount_minor) filter (where component = 'costs'), 0) as costs
    from journal_lines l where l.agency_id = c.agency_id and l.journal_id = j.id and l.account = 9000) as placed
where c.agency_id = $1 and c.id = any($2) and c.principal_minor + c.interest_minor + c.costs_minor > 0 order by c.id
"""


async def take_out_claims(actor: Actor, case_ids: Sequence[UUID], on: date) -> None:
    """Post one journal a case, dated ``on``, after which nothing is owed on it. The caller holds the cases' rows.

    Where a case owes what it was placed with, the journal names the one that put it there as its mirror; a claim that
    was corrected since is taken out as it stands.
    """
    owed = await sql(OWED, actor.agency_id, list(case_ids))
    await post(actor, [_draft(case, on) for case in owed])


async def take_out_again(actor: Actor, case: CaseFile, because: UUID, on: date) -> None:
    """Money on a case without a claim went back ``on`` a day, and what it had paid leaves the books as well.

    ``because`` names what went back, once for all. The caller holds the case's row, and read it afterwards.
    """
    lines = rest_of(case)
    if lines and case.closed_at is not None:
        closed_on = case.closed_at.astimezone(await agency_zone(actor)).date()
        known_by = f"{case.id} taken back after {because}"
        await post(actor, [JournalDraft("placement", known_by, "placement taken back", max(on, closed_on), lines)])


def _draft(case: asyncpg.Record, on: date) -> JournalDraft:
    return JournalDraft(
        source="placement",
        external_id=f"{case['id']} taken back",
        kind="placement taken back",
        effective_on=on,
        lines=claim_lines(owe_less, case["id"], case["client_id"], case),
        reverses=case["journal_id"] if case["as_placed"] else None,
    )

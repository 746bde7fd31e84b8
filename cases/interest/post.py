"""Interest comes into the books when money is allocated, or a letter, plan or statement names it: all of it to that day,
rounded once, less what was posted before. What was posted stays, whatever becomes known of earlier days afterwards.

That of a plan, agreed beforehand for each of its periods (`cases.plans.interest`), goes the same way.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from cases.casework import CaseFile, load_case, tell
from cases.interest.accrue import Accrual, accrued
from cases.interest.rules import Stretch
from cases.plans import interest as of_plans
from cases.plans.interest import PeriodInterest, earliest_day, interest_to_post
from portal import clock
from portal.audit.record import as_json, record
from portal.errors import Refused
from portal.identity import new_id
from portal.ledger.journal import JournalDraft, owe_more, post
from portal.ledger.tables import Component
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql

SOURCE: Final = "interest"

Due = PeriodInterest | Accrual
"""What is to be posted: a period of a plan, or what accrued by the terms of the case."""


async def interest_due(actor: Actor, case: CaseFile, on: date, arriving_minor: int = 0) -> tuple[Due, ...]:
    """What interest is to be posted on a case on a day, on which so much arrives."""
    of_plan = await interest_to_post(actor, case, on, arriving_minor)
    own = await accrued(actor, case, on)
    return (*of_plan, *([own] if own is not None and own.minor else []))


async def as_if_posted(actor: Actor, case: CaseFile, on: date) -> CaseFile:
    """The case as it is once its interest to a day is posted. Writes nothing."""
    more = sum(due.minor for due in await interest_due(actor, case, on))
    return replace(case, interest_minor=case.interest_minor + more) if more else case


async def drafts_of(actor: Actor, case: CaseFile, due: Sequence[Due]) -> list[JournalDraft]:
    """The journals of interest, one for each; what lies in a closed period is dated the day after it."""
    if not due:
        return []
    earliest = await earliest_day(actor)
    return [
        of_plans.draft_of(case, each, earliest)
        if isinstance(each, PeriodInterest)
        else JournalDraft(
            source=SOURCE,
            external_id=f"{case.id} {each.postings + 1}",
            kind="interest",
            effective_on=max(each.through, earliest),
            lines=owe_more(case.id, Component.INTEREST, each.minor, case.currency, client=case.client_id),
        )
        for each in due
    ]


KEEP: Final = """
insert into interest_postings (id, agency_id, client_id, case_id, number, journal_id, accrued_to, currency, total_minor,
                               before_minor, amount_minor, facts, posted_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""


async def keep(actor: Actor, case: CaseFile, due: Sequence[Due], journal_ids: Sequence[UUID]) -> None:
    """Keep how interest came about that was posted by the journals of these ids, in the same order."""
    for each, journal_id in zip(due, journal_ids, strict=False):
        if isinstance(each, Accrual):
            await sql(
                KEEP,
                *(new_id(), actor.agency_id, case.client_id, case.id, each.postings + 1, journal_id, each.through),
                *(case.currency, each.total_minor, each.posted_minor, each.minor),
                *(as_json({"stretches": [_facts(stretch) for stretch in each.stretches]}), clock.now()),
            )


def _facts(stretch: Stretch) -> dict[str, object]:
    return {
        "since": stretch.since,
        "through": stretch.through,
        "component": str(stretch.component),
        "minor": stretch.minor,
        "rate": stretch.rate,
        "day_count": stretch.day_count,
        "source": stretch.source,
        "is_last_known": stretch.is_last_known,
        "paused": stretch.paused,
    }


async def tell_interest(actor: Actor, case: CaseFile, due: Sequence[Due]) -> None:
    """Say on the timeline and in the trail what interest was posted."""
    await of_plans.tell_interest(actor, case, [each for each in due if isinstance(each, PeriodInterest)])
    for each in due:
        if isinstance(each, Accrual):
            facts = {"amount_minor": each.minor, "currency": case.currency, "through": each.through}
            await tell(actor, case, "interest.posted", "money", facts)
            await record(actor, "interest.posted", "case", case.id, client_id=case.client_id, facts=facts)


async def post_interest(actor: Actor, case: CaseFile, on: date) -> int:
    """Post what interest is due on a case on a day; gives how much. The caller holds the case's row."""
    due = await interest_due(actor, case, on)
    await keep(actor, case, due, await post(actor, await drafts_of(actor, case, due)))
    await tell_interest(actor, case, due)
    return sum(each.minor for each in due)


async def fix(actor: Actor, case_id: UUID) -> int:
    """Post the interest of a case to today, because a letter or a court is told the figure; gives how much.

    Raises:
        NotFound: there is no such case here.
        Refused: nothing has accrued since it was posted last.
    """
    actor.require("interest.set")
    case = await load_case(actor, case_id, lock=True)
    minor = await post_interest(actor, case, await agency_day(actor))
    if not minor:
        raise Refused(N_("Nothing has accrued since it was posted last."), code="nothing_accrued")
    return minor

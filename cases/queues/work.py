"""What the queue page shows: the cases of today in order, counts by band, and why each stands where it does."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from cases.casework import ACTION_TEXTS, COLUMNS, CaseFile, NextAction, case_file
from cases.contact.check import Known, known, open_disputes, question
from cases.contact.engine import Lamp, lamp
from cases.contact.guard import lamp_text
from cases.contact.packs.company import RULES
from cases.contact.question import Channel, Dispute
from cases.contact.windows import Whereabouts
from cases.contact.zones import AREA_COUNTRIES
from cases.queues.filters import MATCHING, Filters, matched
from cases.queues.overview import WHEREABOUTS
from cases.queues.reasons import Broken, urgency, why
from portal import clock
from portal.pages.text import N_, Text, say
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

PAGE = 50

BAND_TEXTS = {
    1: N_("Limitation ends < 60 days"),
    2: N_("Callback due"),
    3: N_("Promise broken today"),
    4: N_("Plan in grace"),
    5: N_("By score"),
}
BAND_ICONS = {1: "hourglass", 2: "phone-call", 3: "heart-broken", 4: "hourglass", 5: "sort-descending"}
BAND_TONES = {1: "bad", 2: "warn", 3: "bad", 4: "warn", 5: "quiet"}
CHANNEL_OF = {NextAction.SEND_EMAIL: Channel.EMAIL, NextAction.SEND_LETTER: Channel.LETTER}

ACTION_ICONS = {
    NextAction.SEND_EMAIL: "mail",
    NextAction.SEND_LETTER: "mail",
    NextAction.GET_DOCUMENTS: "file-search",
    NextAction.ASK_CLIENT: "message-question",
    NextAction.ANSWER_DISPUTE: "message-report",
    NextAction.LEGAL_CHECK: "gavel",
    NextAction.REVIEW: "eye",
    NextAction.CHECK_PROMISE: "heart-handshake",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A case in the queue: the case, its client, its contact lamp with the debtor's clock, and why it stands here."""

    case: CaseFile
    client_name: str
    days: int
    action: str
    action_icon: str
    action_at: datetime | None
    urgent: Text | None
    urgent_tone: str
    why: Text
    lamp: Lamp
    lamp_second: Text
    zone: str
    held_by_other: bool


LIST = f"""
select {", ".join(f"c.{name}" for name in COLUMNS.split(", "))}, k.name as client_name
from cases c join clients k on k.agency_id = c.agency_id and k.id = c.client_id
{MATCHING} and ($8 = '' or c.debtor_country = $8) and ($9 = 0 or c.band = $9)
  and ($10::text[] is null
       or ({WHEREABOUTS}) in (select * from unnest($10::text[], $11::text[], $12::text[], $13::text[])))
  and (c.band, c.rank, c.id) > ($14, $15, $16)
order by c.band, c.rank, c.id limit $17
"""  # noqa: S608 - own words only

Cursor = tuple[int, int, UUID]
START: Cursor = (0, -(2**62), UUID(int=0))


def place_of(row: Row) -> Cursor:
    """Where a page that follows this row begins."""
    return row.case.band, row.case.rank, row.case.id


async def work(
    actor: Actor, filters: Filters, opened: Collection[Whereabouts], after: Cursor = START, limit: int = PAGE
) -> tuple[list[Row], bool]:
    """One page of today's cases in order, and whether there are more behind it.

    ``opened`` is where the hours allow a call now (`overview`), for a list narrowed to that.
    """
    values = (*matched(actor, filters), list(AREA_COUNTRIES), filters.country, filters.band)
    rows = await sql(LIST, *values, *_columns(opened if filters.callable else None), *after, limit + 1)
    now = clock.now()
    return await _explained(actor, rows[:limit], now), len(rows) > limit


def _columns(opened: Collection[Whereabouts] | None) -> tuple[list[str] | None, ...]:
    """Places as the four arrays that the query unnests; none of them when it is not narrowed by them."""
    if opened is None:
        return (None,) * 4
    return ([each.kind for each in opened], [each.country for each in opened],
            [each.region for each in opened], [each.area for each in opened])  # fmt: skip


TALLY = """
select count(*) filter (where channel = 'call' and direction = 'out') as calls,
       count(*) filter (where outcome = 'right_party') as right_party,
       (select count(*) from promises where agency_id = $1 and user_id = $2 and created_at >= $3) as promises
from contact_attempts where agency_id = $1 and user_id = $2 and at >= $3
"""


async def tally(actor: Actor) -> asyncpg.Record:
    """What the actor has done today: calls, right-party contacts, promises."""
    zone = ZoneInfo(actor.time_zone)
    midnight = datetime.combine(clock.now().astimezone(zone).date(), datetime.min.time(), zone)
    row = await sql_one(TALLY, actor.agency_id, actor.user_id, midnight)
    assert row is not None
    return row


async def later_today(actor: Actor) -> Sequence[asyncpg.Record]:
    """The actor's own appointments still to come today."""
    now = clock.now()
    zone = ZoneInfo(actor.time_zone)
    ends = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), datetime.min.time(), zone)
    return await sql(
        "select id, debtor_name, next_action, next_action_at from cases where agency_id = $1 and next_action_user_id = $2"
        " and status <> 'closed' and next_action_at >= $3 and next_action_at < $4 order by next_action_at limit 8",
        *(actor.agency_id, actor.user_id, now, ends),
    )


async def queues(actor: Actor) -> Sequence[tuple[UUID, Text | str]]:
    """The agency's queues in their order: id and name, the one that nobody named in the reader's language."""
    rows = await sql("select id, name from queues where agency_id = $1 order by position, name", actor.agency_id)
    return [(row["id"], row["name"] or say("All cases")) for row in rows]


async def _explained(actor: Actor, rows: Sequence[asyncpg.Record], now: datetime) -> list[Row]:
    files = [case_file(row) for row in rows]
    debtors = await known(actor, (case.debtor_id for case in files), now)
    disputes = await open_disputes(actor, (case.id for case in files))
    broken = await _broken(actor, [case.id for case in files if case.situation == "promise_broken"])
    today = now.astimezone(ZoneInfo(actor.time_zone)).date()
    return [
        _row(actor, case, row["client_name"], _lamp(case, debtors, disputes, now), broken.get(case.id), today, now)
        for case, row in zip(files, rows, strict=True)
    ]


BROKEN = """
select distinct on (case_id) case_id, amount_minor, due_on from promises
where agency_id = $1 and case_id = any($2) and status = 'broken' order by case_id, due_on desc, id desc
"""


async def _broken(actor: Actor, case_ids: Sequence[UUID]) -> dict[UUID, Broken]:
    """The last broken promise of each of these cases."""
    rows = await sql(BROKEN, actor.agency_id, case_ids) if case_ids else []
    return {row["case_id"]: Broken(row["amount_minor"], row["due_on"]) for row in rows}


def _lamp(
    case: CaseFile, debtors: Mapping[UUID, Known], disputes: Mapping[UUID, tuple[Dispute, ...]], now: datetime
) -> tuple[Lamp, str]:
    debtor = debtors[case.debtor_id]
    channel = CHANNEL_OF.get(NextAction(case.next_action or NextAction.CALL), Channel.CALL)
    first = debtor.first_point("email" if channel is Channel.EMAIL else "phone")
    contact, point = first or (None, None)
    asked = question(case, debtor, disputes.get(case.id, ()), now, channel, contact=contact, point=point)
    return lamp(asked, RULES), asked.places[0].zone if asked.places else "UTC"


def _row(
    actor: Actor,
    case: CaseFile,
    client: str,
    lit: tuple[Lamp, str],
    broken: Broken | None,
    today: date,
    now: datetime,
) -> Row:
    urgent, tone = urgency(case, today, now, broken)
    action = NextAction(case.next_action or NextAction.CALL)
    return Row(
        case=case,
        client_name=client,
        days=case.days_past_due(today),
        action=ACTION_TEXTS[action],
        action_icon=ACTION_ICONS.get(action, "phone"),
        action_at=case.next_action_at if case.band == 2 else None,
        urgent=urgent,
        urgent_tone=tone,
        why=why(case, terms=3 if urgent is None else 1 if broken else 2),
        lamp=lit[0],
        lamp_second=lamp_text(lit[0], now),
        zone=lit[1],
        held_by_other=case.claimed_by not in (None, actor.user_id) and (case.claimed_until or now) > now,
    )

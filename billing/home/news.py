"""What waits for a client, what just happened on its cases, and which of them moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from billing.spoken import Spoken
from cases.acceptance.worklist import asked_of
from cases.workbench.client_view import facts_for_client
from cases.workbench.words import WORDS
from portal.pages.formats import money
from portal.pages.text import N_, Text, say
from portal.people.actor import Actor
from portal.tenancy.database import sql

SHOWN = 8
ASKED = "/cases?situation=needs_info"
MOST_WAITING = 6


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something the client has to do."""

    icon: str
    tone: str
    title: str | Text
    text: Text
    url: str
    action: str
    """The msgid of the button."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a case."""

    at: datetime
    icon: str
    tone: str
    head: Text
    case_id: UUID
    debtor_name: str


WAITING_CASES = """
select id, debtor_name, number, status, next_action, next_action_reason = 'acceptance' as asked,
       count(*) over () as waiting, count(*) filter (where next_action_reason = 'acceptance') over () as lacking from cases
where agency_id = $1 and client_id = $2
  and status <> 'closed' and (status = 'needs_info' or next_action in ('get_documents', 'ask_client'))
  and next_action_reason <> 'outcome_proposed' -- has a line of its own
  and (next_action, next_action_reason) <> ('review', 'acceptance') -- answered: the agency's turn
order by asked, last_activity_at limit $3
"""

WAITING_PLACEMENTS = """
select id, file_name, reference, checked_at from placements
where agency_id = $1 and client_id = $2 and status = 'checking' and checked_at is not null order by id desc limit 5
"""


WAITING_OFFERS = """
select p.id, p.forgiven_minor, p.to_pay_minor, p.currency, p.valid_until, c.debtor_name
from plans p join cases c on c.agency_id = p.agency_id and c.id = p.case_id
where p.agency_id = $1 and p.client_id = $2 and p.status = 'offered' and p.rung = 'client'
order by p.valid_until, p.id limit 5
"""


WAITING_OUTCOMES = """
select o.case_id, o.kind, o.value_minor, o.currency, c.debtor_name
from outcomes o join cases c on c.agency_id = o.agency_id and c.id = o.case_id
where o.agency_id = $1 and o.client_id = $2 and o.status = 'proposed' and c.status <> 'closed' order by o.asked_at limit 5
"""


WAITING_WRITE_OFFS = """
select w.case_id, w.principal_minor + w.interest_minor + w.costs_minor as total_minor, w.currency, c.debtor_name
from write_offs w join cases c on c.agency_id = w.agency_id and c.id = w.case_id
where w.agency_id = $1 and w.client_id = $2 and w.status = 'proposed' and w.rung = 'client' and c.status <> 'closed'
order by w.asked_at limit 5
"""


async def waiting(actor: Actor) -> tuple[list[Waiting], int]:
    """What waits for the client, longest first, and how many lines there would be altogether."""
    placements = await sql(WAITING_PLACEMENTS, actor.agency_id, actor.client_id)
    cases = await sql(WAITING_CASES, actor.agency_id, actor.client_id, MOST_WAITING)
    asked = await asked_of(actor)
    offers = await sql(WAITING_OFFERS, actor.agency_id, actor.client_id) if actor.may("plans.decide") else []
    confirms = actor.may("outcomes.confirm")
    outcomes = await sql(WAITING_OUTCOMES, actor.agency_id, actor.client_id) if confirms else []
    gives_up = actor.may("write_offs.decide")
    write_offs = await sql(WAITING_WRITE_OFFS, actor.agency_id, actor.client_id) if gives_up else []
    items = [*map(_offer, offers), *map(_write_off, write_offs), *map(_outcome, outcomes), *map(_placement, placements)]
    number = cases[0]["waiting"] if cases else 0
    if asked > 1:
        items.append(_asked(asked))
        cases = [row for row in cases if not row["asked"]]
        number += 1 - (cases[0]["lacking"] if cases else number)
    told = len(offers) + len(write_offs) + len(outcomes) + len(placements)
    return items + [_case(row) for row in cases], told + number


def _asked(cases: int) -> Waiting:
    """All of the cases that lack something in one line: after a large placement they may be hundreds."""
    title = say("%(number)s cases need information from you", number=cases)
    return Waiting("file-alert", "warn", title, say("what is missing stands on each"), ASKED, N_("Show"))


def _offer(row: asyncpg.Record) -> Waiting:
    offered = Spoken(money, row["to_pay_minor"], row["currency"])
    msgid = N_("a settlement for %(amount)s") if row["forgiven_minor"] else N_("a plan of %(amount)s")
    return Waiting("scale", "run", row["debtor_name"], say(msgid, amount=offered), f"/plans/{row['id']}", N_("Decide"))


def _write_off(row: asyncpg.Record) -> Waiting:
    given_up = say("to write off %(amount)s", amount=Spoken(money, row["total_minor"], row["currency"]))
    return Waiting("eraser", "run", row["debtor_name"], given_up, f"/cases/{row['case_id']}/write-offs", N_("Decide"))


def _outcome(row: asyncpg.Record) -> Waiting:
    value = Spoken(money, row["value_minor"], row["currency"])
    msgid = N_("goods returned, worth %(amount)s") if row["kind"] == "goods" else N_("a set-off of %(amount)s")
    url = f"/cases/{row['case_id']}/outcomes"
    return Waiting("scale", "run", row["debtor_name"], say(msgid, amount=value), url, N_("Confirm"))


def _placement(row: asyncpg.Record) -> Waiting:
    name = row["file_name"] or row["reference"] or ""
    title = say("Placement: %(name)s", name=name) if name else say("A placement")
    return Waiting(
        "file-check", "accent", title, say("checked, not handed over yet"), f"/placements/{row['id']}", N_("Hand over")
    )


def _case(row: asyncpg.Record) -> Waiting:
    if row["next_action"] == "ask_client":
        text, icon, action = (
            say("we have a question about %(number)s", number=row["number"]),
            "message-question",
            N_("Answer"),
        )
        return Waiting(icon, "quiet", row["debtor_name"], text, f"/cases/{row['id']}", action)
    text = say("documents missing for %(number)s", number=row["number"])
    return Waiting("file-alert", "warn", row["debtor_name"], text, f"/cases/{row['id']}", N_("Upload"))


EVENTS = """
select e.at, e.kind, e.facts, e.case_id, c.debtor_name from (
    select at, id, kind, facts, case_id, agency_id from case_events
    where agency_id = $1 and client_id = $2 and client_sees and kind <> 'case.placed' and at >= $3
    order by at desc, id desc limit $4) e
join cases c on c.agency_id = e.agency_id and c.id = e.case_id order by e.at desc, e.id desc
"""


async def happened(actor: Actor, today: date) -> list[Event]:
    """The latest of what happened today, newest first."""
    rows = await sql(EVENTS, actor.agency_id, actor.client_id, _begins(actor, today), SHOWN)
    return [_event(row) for row in rows]


def _event(row: asyncpg.Record) -> Event:
    # The debtor's name stands below the head.
    icon, tone, head, _ = WORDS[row["kind"]](facts_for_client(row["kind"], row["facts"], debtor_name=""))
    return Event(row["at"], icon, tone, head, row["case_id"], row["debtor_name"])


# The newest events name the cases: a week of a large client is not read to its end.
MOVED = """
select c.id, c.situation, c.debtor_name, c.currency, c.principal_minor + c.interest_minor + c.costs_minor as balance_minor,
       c.next_action, c.next_action_at, c.closed_at, m.at
from (select case_id, max(at) as at from (
        select case_id, at from case_events
        where agency_id = $1 and client_id = $2 and client_sees and kind <> 'case.placed' and at >= $3
        order by at desc, id desc limit 200) latest
      group by case_id order by max(at) desc limit $4) m
join cases c on c.agency_id = $1 and c.id = m.case_id order by m.at desc
"""


async def moved(actor: Actor, today: date) -> Sequence[asyncpg.Record]:
    """The cases on which something happened since Monday, the latest first."""
    monday = _begins(actor, today - timedelta(days=today.weekday()))
    return await sql(MOVED, actor.agency_id, actor.client_id, monday, SHOWN)


def _begins(actor: Actor, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(actor.time_zone))

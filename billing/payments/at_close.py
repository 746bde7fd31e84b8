"""The rest of a minimum fee per case: due when the case closes, whatever it closes for.

With each payment a minimum is taken no further than the money received (`billing.fees.rules`). What is missing of it at
the close is charged then (O Dr1210 Cr4000), if something that bears the fee was received and did not go back: where
nothing was recovered, nothing is owed. It is kept as a payment of nothing with a fee, so that statements, invoices, VAT and
claw-backs take it like the fee of the last such payment, whose rule, facts and payee it has.

A case that opens again keeps it: it counts as taken, so that the next close charges only what is missing then. When the
last payment that bears the minimum goes back, so does all that was charged at a close, exactly.
"""

import json
from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from billing.tables import Channel
from cases.casework import CaseFile, tell_each
from cases.closing import at_close
from portal import clock
from portal.audit.record import Event, as_json, record_each
from portal.identity import new_id
from portal.ledger.journal import JournalDraft, cr, dr, post
from portal.ledger.tables import Book
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.behalf import on_behalf
from portal.tenancy.database import sql

SOURCE: Final = "payment"
KIND: Final = "minimum fee"
"""What its journal is called."""

BEARS: Final = """
p.amount_minor > 0 and p.reverses is null and r.minimum_minor is not null and r.conditions ->> 'limits' = 'case'
and (jsonb_path_query_first(p.fee_facts, '$.steps[*] ? (@.code == "base").minor'))::bigint > 0
and not exists (select from payments b where b.agency_id = p.agency_id and b.reverses = p.id)
"""
"""Of a payment ``p`` with its rule ``r``, in SQL: it stands, and bears a minimum per case."""


def _missing(which: str) -> str:
    """What is missing of the minimum of closed cases, of those whose payments ``which`` says."""
    return f"""
with bearing as (
    select distinct on (p.case_id) p.case_id, p.received_by, p.release_on, p.fee_rule_id, p.fee_facts, r.minimum_minor
    from payments p join fee_rules r on r.agency_id = p.agency_id and r.id = p.fee_rule_id
    where p.agency_id = $1 and {which} and {BEARS}
    order by p.case_id, p.received_on desc, p.id desc),
charged as (
    select case_id, sum(fee_minor)::bigint as minor, count(*) filter (where channel = 'at_close' and reverses is null) as times
    from payments p where p.agency_id = $1 and {which} group by case_id)
select bearing.*, charged.minor as taken_minor, charged.times
from bearing join charged using (case_id) join cases c on c.agency_id = $1 and c.id = case_id
where c.status = 'closed' and charged.minor < bearing.minimum_minor
"""  # noqa: S608 - constants


MISSING: Final = _missing("p.case_id = any($2)")
ALL_MISSING: Final = _missing("true")
"""As :data:`MISSING`, over all cases of an agency: there is nothing, ever."""

INSERT: Final = """
insert into payments (id, agency_id, client_id, case_id, journal_id, received_on, release_on, channel, received_by, currency,
                      amount_minor, fee_minor, fee_rule_id, fee_facts, recorded_by, recorded_at)
select n.id, $1, c.client_id, c.id, n.journal_id, $2, greatest(n.release_on, $2), $3, n.received_by, c.currency, 0,
       n.fee_minor, n.fee_rule_id, n.fee_facts::jsonb, null, $4
from unnest($5::uuid[], $6::uuid[], $7::uuid[], $8::date[], $9::text[], $10::bigint[], $11::uuid[], $12::text[])
     as n (id, case_id, journal_id, release_on, received_by, fee_minor, fee_rule_id, fee_facts)
join cases c on c.agency_id = $1 and c.id = n.case_id
"""

TO_RETURN: Final = f"""
select m.id, m.received_on from payments m
where m.agency_id = $1 and m.case_id = $2 and m.channel = 'at_close' and m.reverses is null
  and not exists (select from payments b where b.agency_id = $1 and b.reverses = m.id)
  and not exists (select from payments p join fee_rules r on r.agency_id = p.agency_id and r.id = p.fee_rule_id
                  where p.agency_id = $1 and p.case_id = $2 and {BEARS})
order by m.id
"""  # noqa: S608 - constants


def explained(facts: dict[str, object], minimum_minor: int, taken_minor: int, on: date) -> dict[str, object]:
    """The stored facts of a payment's fee, made those of the rest of its minimum on the day of the close."""
    rest = {
        "limit_minor": minimum_minor,
        "taken_minor": taken_minor,
        "minor": minimum_minor - taken_minor,
        "closed_on": on.isoformat(),
    }
    return {**facts, "at_close": rest}


@at_close
async def charge_rest(actor: Actor, cases: Sequence[CaseFile]) -> None:
    """Charge what is missing of the minimum of each case that is closed, once. The caller holds the cases' rows."""
    rows = await sql(MISSING, actor.agency_id, [case.id for case in cases])
    if not rows:
        return
    by_id = {case.id: case for case in cases}
    portal, today = on_behalf(actor), await agency_day(actor)
    journal_ids = await post(portal, [_draft(by_id[row["case_id"]], row, today) for row in rows])
    ids = [new_id() for _ in rows]
    facts = [explained(json.loads(row["fee_facts"]), row["minimum_minor"], row["taken_minor"], today) for row in rows]
    await sql(
        INSERT,
        *(actor.agency_id, today, Channel.AT_CLOSE, clock.now(), ids, [row["case_id"] for row in rows], journal_ids),
        *([row["release_on"] for row in rows], [row["received_by"] for row in rows], [_rest(row) for row in rows]),
        *([row["fee_rule_id"] for row in rows], [as_json(each) for each in facts]),
    )
    closed = [by_id[row["case_id"]] for row in rows]
    told = [
        {
            "payment_id": id,
            "amount_minor": _rest(row),
            "limit_minor": row["minimum_minor"],
            "currency": case.currency,
            "journal_id": journal_id,
        }
        for id, row, case, journal_id in zip(ids, rows, closed, journal_ids, strict=True)
    ]
    await tell_each(portal, closed, "minimum_fee.charged", "money", told)
    events = [
        Event(id, {**each, "case_id": case.id}, client_id=case.client_id)
        for id, each, case in zip(ids, told, closed, strict=True)
    ]
    await record_each(portal, "minimum_fee.charged", "payment", events)


async def charges_to_return(actor: Actor, case_id: UUID) -> Sequence[tuple[UUID, date]]:
    """What was charged at a close of the case and goes back, each with its day: nothing is left that bears it."""
    return [(row["id"], row["received_on"]) for row in await sql(TO_RETURN, actor.agency_id, case_id)]


def _rest(row: asyncpg.Record) -> int:
    rest: int = row["minimum_minor"] - row["taken_minor"]
    return rest


def _draft(case: CaseFile, row: asyncpg.Record, on: date) -> JournalDraft:
    # What we add stands behind two blanks, as in `billing.payments.receipts`: no reference has two in a row.
    known_by = f"{case.id}  minimum #{row['times'] + 1}"
    lines = (
        dr(Book.OPERATING, 1210, _rest(row), case.currency, client=case.client_id),
        cr(Book.OPERATING, 4000, _rest(row), case.currency),
    )
    return JournalDraft(SOURCE, known_by, KIND, on, lines)

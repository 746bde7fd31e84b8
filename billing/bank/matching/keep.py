"""A line and the journals that it is: kept together, counted, and taken apart again."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg

from billing.bank.matching.candidates import Line, load_line
from billing.bank.matching.tables import MatchKind
from billing.payments.split import one_line
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql, sql_value

# What the books have on no account, or on another than the line's, is found to be on the line's.
INSERT: Final = """
insert into bank_matches (id, agency_id, bank_line_id, bank_account_id, journal_id, amount_minor, booked_on, effective_on,
                          kind, confidence, reasons, matched_by, matched_by_name, matched_at, instead_of)
select t.id, $1, l.id, b.id, t.journal_id, t.amount_minor, l.booked_on, j.effective_on, $5, $6, $7, $8, $9, $10,
       nullif(moved.account_id, b.id)
from unnest($2::uuid[], $3::uuid[], $11::bigint[]) as t (id, journal_id, amount_minor)
join bank_lines l on l.agency_id = $1 and l.id = $4
join bank_accounts b on b.agency_id = $1 and b.id = l.bank_account_id
join bank_accounts first on first.agency_id = $1 and (first.book, first.currency, first.position) = (b.book, b.currency, 1)
join journals j on j.agency_id = $1 and j.id = t.journal_id
cross join lateral (
    select coalesce(p.bank_account_id, first.id) as account_id from journal_lines p
    where p.agency_id = $1 and p.journal_id = j.id and p.currency = b.currency
      and p.account = case b.book when 'trust' then 1000 else 1100 end
    group by coalesce(p.bank_account_id, first.id) having sum(p.amount_minor) = t.amount_minor
    order by coalesce(p.bank_account_id, first.id) = b.id desc, bool_or(p.bank_account_id is null) desc limit 1) moved
returning id
"""
OPEN_SINCE: Final = "select max(through) + 1 from closed_periods where agency_id = $1"
WAITED_SINCE: Final = """
select max(effective_on) from bank_matches
where agency_id = $1 and bank_line_id = $2 and kind = 'suspense' and undone_at is not null
"""
TIMES: Final = "select count(*) from bank_matches where agency_id = $1 and bank_line_id = $2 and undone_at is not null"


async def hold_open(actor: Actor, line_id: UUID) -> Line:
    """An open line, held until the transaction ends; whoever holds a case takes that first.

    Raises:
        NotFound: there is none for the actor.
        Refused: somebody said meanwhile what it is.
    """
    line = await load_line(actor, line_id, lock=True)
    if line.status != "open":
        raise Refused(N_("Somebody has said meanwhile what this line is."), code="decided")
    return line


async def external_id(actor: Actor, line: Line) -> str:
    """Under which id a line's money is posted: once, and once again after each time it was taken back."""
    times: int = await sql_value(TIMES, actor.agency_id, line.id)
    return f"line {line.id}" + (f" again {times}" if times else "")


async def keep_match(
    actor: Actor,
    line: Line,
    journals: Sequence[tuple[UUID, int]],
    kind: MatchKind,
    *,
    confidence: int | None = None,
    reasons: Sequence[dict[str, Any]] = (),
) -> None:
    """Keep that a line, which the caller holds, is what these journals moved; each with its part of the amount.

    Raises:
        Refused: the parts do not add up to the line, a journal moved something else, or another line is one of them.
    """
    if sum(minor for _, minor in journals) != line.amount_minor:
        raise Refused(N_("This does not add up to the line."), code="not_the_sum")
    try:
        async with savepoint():
            kept = await sql(
                INSERT,
                *(actor.agency_id, [new_id() for _ in journals], [one for one, _ in journals]),
                *(line.id, kind, confidence, json.dumps(list(reasons), ensure_ascii=False)),
                *(actor.user_id, actor.name, clock.now(), [minor for _, minor in journals]),
            )
    except asyncpg.UniqueViolationError:
        raise Refused(N_("Another line of the bank is this already."), code="taken") from None
    if len(kept) != len(journals):
        raise Refused(N_("This is not what the books moved."), code="not_there")
    await sql("update bank_lines set status = 'booked' where agency_id = $1 and id = $2", actor.agency_id, line.id)
    await _record(actor, line, kind, confidence, reasons)


async def _record(
    actor: Actor, line: Line, kind: MatchKind, confidence: int | None, reasons: Sequence[dict[str, Any]]
) -> None:
    facts: dict[str, object] = {"amount_minor": line.amount_minor, "currency": line.currency, "match": str(kind)}
    if reasons:
        facts |= {"confidence": confidence, "findings": [str(one["code"]) for one in reasons]}
    await record(actor, "bank_line.matched", "bank_line", line.id, facts=facts)


SAID_OF: Final = """
update bank_matches set confidence = $3, reasons = $4, matched_by = $5, matched_by_name = $6, matched_at = $7
where agency_id = $1 and bank_line_id = $2 and undone_at is null
"""


async def say_why(actor: Actor, line: Line, confidence: int | None, reasons: Sequence[dict[str, Any]]) -> None:
    """Keep why the suspended money of a line was booked as it was."""
    await sql(
        SAID_OF,
        *(actor.agency_id, line.id, confidence, json.dumps(list(reasons), ensure_ascii=False)),
        *(actor.user_id, actor.name, clock.now()),
    )
    await _record(actor, line, MatchKind.PAYMENT, confidence, reasons)


async def day_of(actor: Actor, line: Line) -> date:
    """The day on which a line is booked: that on which it came, or where its money waited in suspense from a later day on,
    because a payment was taken back then, that one: until then the books have it as the payment.
    """
    waited_since = await sql_value(WAITED_SINCE, actor.agency_id, line.id)
    return max(await came_on(actor, line), waited_since or date.min)


async def came_on(actor: Actor, line: Line) -> date:
    """The day on which a line's money came: the bank's, or where that is closed the first day that is not; never ahead."""
    return (await days_of(actor, {line.id: line.booked_on}))[line.id]


async def days_of(actor: Actor, booked: Mapping[UUID, date]) -> dict[UUID, date]:
    """The days on which several things count that the bank booked on these."""
    first, today = await sql_value(OPEN_SINCE, actor.agency_id) or date.min, await agency_day(actor)
    return {key: max(min(day, today), first) for key, day in booked.items()}


def reference_of(line: Line) -> str:
    """What the bank calls the payment, to ask about it later."""
    return one_line(line.bank_reference or line.end_to_end or line.creditor_reference)[:140]

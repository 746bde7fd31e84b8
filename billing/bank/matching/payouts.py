"""Transfers of approved runs that the bank debits one by one, or a few together: each line is that of its statement."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Final
from uuid import UUID

from billing.bank.matching.affairs import AffairCode, AffairReason, OwnAffair, pays, says
from billing.bank.matching.candidates import Line
from portal.people.actor import Actor
from portal.people.agency_time import agency_zone
from portal.tenancy.database import sql

APART: Final = 20
"""By so much one transfer must be ahead of the next for a line to be booked by itself."""
MOST: Final = 8
"""Of so many transfers some together are looked for by their sum."""
MOST_NAMED: Final = 14
"""Of so many where the line names the run."""

TRANSFERS: Final = """
select s.run_id, r.number as run_number, s.id as statement_id, s.number, coalesce(s.payout_currency, s.currency) as currency,
       coalesce(x.paid_minor, s.net_minor) as minor, (r.approved_at at time zone $2)::date as since,
       array[k.name, coalesce(d.holder, '')] as names, coalesce(nullif(d.iban, ''), d.account_number, '') as account
from remittance_runs r
join statements s on s.agency_id = r.agency_id and s.run_id = r.id and s.status = 'approved' and not s.deferred and s.net_minor > 0
join clients k on k.agency_id = s.agency_id and k.id = s.client_id
left join bank_details d on d.agency_id = s.agency_id and d.id::text = s.letterhead ->> 'account_id'
left join exchange_parts x on x.agency_id = s.agency_id and x.statement_id = s.id
where r.agency_id = $1 and r.status = 'approved' and (s.payout_currency is null or x.id is not null)
order by s.run_id, s.number
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """What a statement pays and no line has told of. Minor units."""

    run_id: UUID
    run_number: str
    statement_id: UUID
    number: str
    currency: str
    minor: int
    since: date
    """The day of the approval: nothing was paid before."""
    names: Sequence[str]
    account: str


async def payout_affairs(actor: Actor, lines: Sequence[Line], limit: int) -> dict[UUID, OwnAffair]:
    """By line of money out on a trust account, the transfers of a run that it may be. ``limit`` is the confidence from
    which it is certain.
    """
    out = [line for line in lines if _may_pay(line)]
    transfers = await _unpaid(actor) if out else []
    found = {line.id: payout_of(line, transfers, limit) for line in out}
    return {line_id: affair for line_id, affair in found.items() if affair is not None}


async def payouts_for(actor: Actor, line: Line) -> list[OwnAffair]:
    """The transfers of a line's amount that a person may say that it is."""
    return _alike(line, await _unpaid(actor)) if _may_pay(line) else []


def _may_pay(line: Line) -> bool:
    return line.book == "trust" and line.amount_minor < 0 and not line.went_back


async def _unpaid(actor: Actor) -> list[Transfer]:
    zone = (await agency_zone(actor)).key
    return [Transfer(**row) for row in await sql(TRANSFERS, actor.agency_id, zone)]


def _alike(line: Line, transfers: Sequence[Transfer]) -> list[OwnAffair]:
    """The transfers of a line's amount and currency, the likeliest first."""
    alike = [
        _affair(line, one)
        for one in transfers
        if (one.currency, one.minor) == (line.currency, -line.amount_minor) and one.since <= line.booked_on
    ]
    return sorted(alike, key=lambda affair: (-affair.confidence, affair.label))


def payout_of(line: Line, transfers: Sequence[Transfer], limit: int) -> OwnAffair | None:
    """The transfer that a line is, or the few of one run that add up to it. Pure."""
    alike = _alike(line, transfers)
    if not alike:
        return _several(line, transfers)
    best, *others = alike
    is_ahead = not others or best.confidence - others[0].confidence >= APART
    telling = {AffairCode.PAYOUT_NAMED, AffairCode.PAYEES_ACCOUNT}
    is_named = not telling.isdisjoint({reason.code for reason in best.reasons})
    return replace(best, is_certain=is_ahead and is_named and best.confidence >= limit)


def _affair(line: Line, one: Transfer) -> OwnAffair:
    return OwnAffair("payout", tuple(_reasons(line, one)), one.run_id, one.number, part_ids=(one.statement_id,))


def _reasons(line: Line, one: Transfer) -> Iterator[AffairReason]:
    yield AffairReason(AffairCode.SUM_OF_TRANSFER, 30)
    if says(line, one.number):
        yield AffairReason(AffairCode.PAYOUT_NAMED, 50)
    elif says(line, one.run_number):
        yield AffairReason(AffairCode.RUN_NAMED, 10)
    if line.counterparty_account and line.counterparty_account == one.account:
        yield AffairReason(AffairCode.PAYEES_ACCOUNT, 40)
    if pays(line, *one.names):
        yield AffairReason(AffairCode.SAME_PAYEE, 20)


def _several(line: Line, transfers: Sequence[Transfer]) -> OwnAffair | None:
    """Some transfers of one run that left as one, where no others of it have the same sum. Always a person's to accept."""
    by_run: dict[UUID, list[Transfer]] = defaultdict(list)
    for one in transfers:
        if one.currency == line.currency and one.since <= line.booked_on:
            by_run[one.run_id].append(one)
    found = []
    for run_id, theirs in by_run.items():
        is_named = says(line, theirs[0].run_number)
        some = _summing(theirs, -line.amount_minor) if len(theirs) <= (MOST_NAMED if is_named else MOST) else None
        if some:
            reasons = [AffairReason(AffairCode.SUM_OF_TRANSFERS, 50)]
            if is_named:
                reasons.append(AffairReason(AffairCode.RUN_NAMED, 40))
            label = ", ".join(one.number for one in some)
            found.append(
                OwnAffair("payout", tuple(reasons), run_id, label, part_ids=tuple(one.statement_id for one in some))
            )
    found.sort(key=lambda affair: -affair.confidence)
    return found[0] if len(found) == 1 or (len(found) > 1 and found[0].confidence > found[1].confidence) else None


def _summing(transfers: Sequence[Transfer], minor: int) -> tuple[Transfer, ...] | None:
    """The only ones of them, fewer than all, that add up to an amount."""
    fitting = [
        some
        for count in range(2, len(transfers))
        for some in combinations(transfers, count)
        if sum(one.minor for one in some) == minor
    ]
    return fitting[0] if len(fitting) == 1 else None

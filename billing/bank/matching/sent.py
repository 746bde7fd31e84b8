"""What left the trust account and came back, and what is paid again: payouts to clients and refunds to debtors."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from billing.bank.matching.affairs import AffairCode, AffairReason, OwnAffair, most_likely, pays, says
from billing.bank.matching.candidates import Line
from portal.people.actor import Actor
from portal.tenancy.database import sql

WITHIN: Final = 90
"""So many days after it left the bank may still send a transfer back."""

OUT: Final = """
select given.place, sent.* from unnest($2::int[], $3::text[], $4::bigint[], $5::date[]) as given (place, currency, minor, day)
cross join lateral (
    select 'payout_back' as what, s.id, s.number as label, array[s.number, run.number, run.paid_reference, again.paid_reference]
               as references, array[k.name, d.holder] as names, array[d.iban, d.account_number] as accounts
    from statements s
    join remittance_runs run on run.agency_id = s.agency_id and run.id = s.run_id
    join clients k on k.agency_id = s.agency_id and k.id = s.client_id
    left join lateral (select r.status, r.paid_on, r.paid_reference, r.paid_detail_id from returned_payouts r
                       where r.agency_id = s.agency_id and r.statement_id = s.id and r.status <> 'undone'
                       order by r.id desc limit 1) again on true
    left join bank_details d on d.agency_id = s.agency_id
         and d.id::text = coalesce(again.paid_detail_id::text, s.letterhead ->> 'account_id')
    left join exchange_parts x on x.agency_id = s.agency_id and x.statement_id = s.id
    where s.agency_id = $1 and coalesce(s.payout_currency, s.currency) = given.currency
      and coalesce(x.paid_minor, s.net_minor) = given.minor and s.status = 'closed'
      and coalesce(again.paid_on, s.paid_on) between given.day - $6::int and given.day and again.status is distinct from 'waiting'
    union all
    select 'refund_back', r.id, coalesce(c.number, r.holder),
           array[coalesce(c.number, ''), r.paid_reference, 'R0' || upper(right(r.id::text, 12))],
           array[r.holder, coalesce(c.debtor_name, '')], array[r.iban, r.account_number]
    from refunds r left join cases c on c.agency_id = r.agency_id and c.id = r.case_id
    left join suspense s on s.agency_id = r.agency_id and s.id = r.suspense_id
    where r.agency_id = $1 and r.currency = given.currency and r.amount_minor = given.minor and r.status = 'paid'
      and r.way <> 'card' and r.paid_on between given.day - $6::int and given.day
      and not exists (select from payments b where b.agency_id = r.agency_id
                      and b.reverses = coalesce(r.payment_id, s.payment_id))) sent
"""
TO_PAY: Final = """
select given.place, 'paid_again' as what, r.id, s.number as label, array[s.number, run.number] as references,
       array[k.name, d.holder] as names, array[d.iban, d.account_number] as accounts
from unnest($2::int[], $3::text[], $4::bigint[], $5::date[]) as given (place, currency, minor, day)
join returned_payouts r on r.agency_id = $1 and r.status = 'waiting' and r.currency = given.currency
    and r.amount_minor = -given.minor and r.returned_on <= given.day
join statements s on s.agency_id = r.agency_id and s.id = r.statement_id
join remittance_runs run on run.agency_id = s.agency_id and run.id = s.run_id
join clients k on k.agency_id = r.agency_id and k.id = r.client_id
left join bank_details d on d.agency_id = r.agency_id and d.client_id = r.client_id and d.currency = r.currency
     and d.status = 'in_force' and d.id is distinct from r.detail_id
"""


async def sent_affairs(actor: Actor, lines: Sequence[Line]) -> dict[UUID, OwnAffair]:
    """By line on a trust account, what came back with it, or what it pays again, where that is likely."""
    found: dict[UUID, list[OwnAffair]] = defaultdict(list)
    for line, row in await sent_for(actor, lines):
        found[line.id].append(_affair(line, row))
    likely = {line_id: most_likely(several) for line_id, several in found.items()}
    return {line_id: one for line_id, one in likely.items() if one is not None}


async def sent_for(actor: Actor, lines: Sequence[Line]) -> list[tuple[Line, asyncpg.Record]]:
    """Of each line, the payouts and refunds of its amount that may have come back, or wait to be paid again."""
    trust = [line for line in lines if line.book == "trust"]
    back = [(place, line) for place, line in enumerate(trust) if line.amount_minor > 0]
    again = [(place, line) for place, line in enumerate(trust) if line.amount_minor < 0 and not line.went_back]
    rows = [*(await sql(OUT, actor.agency_id, *_given(back), WITHIN) if back else [])]
    rows += await sql(TO_PAY, actor.agency_id, *_given(again)) if again else []
    return [(trust[row["place"]], row) for row in rows]


def _given(lines: Sequence[tuple[int, Line]]) -> list[list[object]]:
    rows = [(place, line.currency, line.amount_minor, line.booked_on) for place, line in lines]
    return [list(column) for column in zip(*rows, strict=True)]


def _affair(line: Line, row: asyncpg.Record) -> OwnAffair:
    back = row["what"] != "paid_again"
    reasons = [AffairReason(AffairCode.SUM_PAID_OUT if back else AffairCode.SUM_TO_PAY, 20 if back else 30)]
    if back and line.went_back:
        reasons.append(AffairReason(AffairCode.BANK_SAYS_BACK, 30))
    if says(line, *row["references"]):
        reasons.append(AffairReason(AffairCode.PAYOUT_NAMED, 40))
    if pays(line, *row["names"]):
        reasons.append(AffairReason(AffairCode.SAME_PAYEE, 20))
    if line.counterparty_account and line.counterparty_account in row["accounts"]:
        reasons.append(AffairReason(AffairCode.PAYEES_ACCOUNT, 30))
    return OwnAffair(row["what"], tuple(reasons), row["id"], row["label"] or "")

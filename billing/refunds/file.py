"""Approved refunds as one payment file for each trust account.

A refund stands in one file at most, which the database holds. One that the bank did not carry out never goes into another:
it is declined, and whoever is to be paid all the same is asked for and approved anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from billing.payment_files.keep import Made, content_of_file, facts_of, keep_file, made_file, payers
from billing.payment_files.transfers import LONGEST_TEXT, ByHand, Payer, Plan, Transfer, can_pay, why_not
from billing.refunds.register import Refund, refund_in
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql

MOST: Final = 500
"""So many refunds go into one file, and are shown at once; what is more waits for the next."""

TO_PAY: Final = """
select r.*, coalesce(c.number, '') as case_number from refunds r
left join cases c on c.agency_id = r.agency_id and c.id = r.case_id
where r.agency_id = $1 and r.status = 'approved' and r.way = 'bank' and r.pay_from <= $2
  and not exists (select from filed_refunds f where f.agency_id = r.agency_id and f.refund_id = r.id)
order by r.pay_from, r.id limit $3
"""
FILED: Final = """
insert into filed_refunds (agency_id, file_id, refund_id, amount_minor) select $1, $2, t.id, t.minor
from unnest($3::uuid[], $4::bigint[]) as t (id, minor)
"""
RESTING: Final = """
select r.*, coalesce(c.number, '') as case_number, f.file_name from refunds r
left join cases c on c.agency_id = r.agency_id and c.id = r.case_id
left join filed_refunds x on x.agency_id = r.agency_id and x.refund_id = r.id
left join payment_files f on f.agency_id = x.agency_id and f.id = x.file_id
where r.agency_id = $1 and r.status = 'approved' and (r.pay_from > $2 or f.id is not null) order by r.pay_from, r.id limit $3
"""
NO_ACCOUNT: Final = N_("No open trust account is kept in this currency.")
NO_NUMBER: Final = N_("The trust account that pays has neither an IBAN nor a bank that a payment file names.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What the next file of a trust account would hold."""

    payer: Payer
    plan: Plan
    refunds: Sequence[Refund]
    """Those that it pays, in the order of its transfers."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An approved refund that no file can take now: it rests, or stands in a file already."""

    refund: Refund
    case_number: str
    file_name: str
    """Empty where it rests."""


async def filings(actor: Actor) -> tuple[list[Filing], list[ByHand]]:
    """By trust account, what its next file would hold; and the refunds of currencies that no open trust account is kept in."""
    actor.require("payments.read")
    accounts = await payers(actor)
    today = await agency_day(actor)
    return _planned(actor, accounts, await _to_pay(actor, today), today)


async def waiting(actor: Actor) -> list[Waiting]:
    """The approved refunds that rest or stand in a file, those that may be paid first before others."""
    rows = await sql(RESTING, actor.agency_id, await agency_day(actor), MOST)
    return [Waiting(refund_in(row), row["case_number"], row["file_name"] or "") for row in rows]


async def _to_pay(actor: Actor, today: date, *, lock: bool = False) -> list[asyncpg.Record]:
    """What may be paid by a file today; ``lock`` holds it, so that nobody declines it meanwhile."""
    return await sql(TO_PAY + (" for update of r" if lock else ""), actor.agency_id, today, MOST)


def _planned(
    actor: Actor, accounts: Sequence[Payer], rows: Sequence[asyncpg.Record], today: date
) -> tuple[list[Filing], list[ByHand]]:
    """Each refund leaves the account that its money came to; where that is not known or closed, the first of its currency."""
    nowhere: list[ByHand] = []
    by_payer: dict[UUID, list[asyncpg.Record]] = {}
    for row in rows:
        fitting = [one for one in accounts if one.account.currency == row["currency"]]
        payer = next((one for one in fitting if one.id == row["bank_account_id"]), fitting[0] if fitting else None)
        if payer is None:
            nowhere.append(ByHand(row["holder"], row["amount_minor"], row["currency"], NO_ACCOUNT))
        else:
            by_payer.setdefault(payer.id, []).append(row)
    return [_filing(actor, one, by_payer[one.id], today) for one in accounts if one.id in by_payer], nowhere


def _filing(actor: Actor, payer: Payer, rows: Sequence[asyncpg.Record], today: date) -> Filing:
    transfers: list[Transfer] = []
    by_hand: list[ByHand] = []
    paid: list[Refund] = []
    for row in rows:
        refund = refund_in(row)
        why = why_not(refund.account) if can_pay(payer.account) else NO_NUMBER
        if why is not None:
            by_hand.append(ByHand(refund.account.holder, refund.amount_minor, refund.currency, why))
            continue
        text = " ".join(part for part in (refund.reference, row["case_number"], actor.agency_name) if part)
        transfers.append(
            Transfer(
                account=refund.account, amount_minor=refund.amount_minor, text=text[:LONGEST_TEXT],
                reference=refund.reference,
            )
        )  # fmt: skip
        paid.append(refund)
    plan = Plan(currency=payer.account.currency, payer=payer, transfers=transfers, by_hand=by_hand, execution_on=today)
    return Filing(payer=payer, plan=plan, refunds=paid)


async def make_refund_file(actor: Actor, bank_account_id: UUID, token: UUID) -> Made:
    """Make the file of all refunds that may leave a trust account today; the same form again gives the file that it made.

    Raises:
        NotFound: there is no such open trust account.
        Refused: nobody can be paid from it by a file.
    """
    actor.require("payments.record")
    await sql("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"refund files of {actor.agency_id}")
    made = await made_file(actor, token)
    if made is not None:
        return made
    today = await agency_day(actor)
    accounts = await payers(actor)
    if bank_account_id not in {one.id for one in accounts}:
        raise NotFound
    found, _ = _planned(actor, accounts, await _to_pay(actor, today, lock=True), today)
    filing = next((one for one in found if one.payer.id == bank_account_id and one.refunds), None)
    if filing is None:
        raise Refused(N_("No refund can be paid from this account by a file now."), code="nobody")
    name = f"refunds-{today.isoformat()}-{token.hex[-4:]}.xml"
    made = await keep_file(actor, token, filing.plan, filing.payer, name)
    ids = [one.id for one in filing.refunds]
    await sql(FILED, actor.agency_id, made.id, ids, [one.amount_minor for one in filing.refunds])
    await record(actor, "refunds.file_made", "payment_file", made.id, facts=facts_of(made))
    return made


async def file_to_take(actor: Actor, file_id: UUID) -> tuple[Made, bytes]:
    """A file of refunds and its bytes, as they were made.

    Raises:
        NotFound: there is none here.
    """
    actor.require("payments.record")
    made = await made_file(actor, file_id)
    if made is None or made.run_id is not None:
        raise NotFound
    return made, await content_of_file(actor, file_id)

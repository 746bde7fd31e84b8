"""Payouts: what the processor pays to the trust account, what it is made of, and the fees that the agency makes good."""

from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from billing.cards import processor
from billing.cards.events import FOLLOWERS
from billing.cards.objects import Payout, Rejected, Transaction
from billing.payments.journals import processor_cost
from billing.payments.processor_journals import post_once, take_payout, top_up
from billing.payments.told import PaidOut
from billing.spoken import Spoken
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.ledger.journal import mirrored
from portal.pages.formats import money
from portal.pages.text import N_
from portal.people.actor import Actor, system
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_one, sql_value, transaction

FOLLOWED: Final = ("paid", "failed", "canceled")
OWN_FEES: Final = ("stripe_fee", "stripe_fx_fee", "tax_fee", "network_cost")
"""What the processor calls what it takes for itself, beside the fee of each charge."""
OWN_FEE: Final = "processor fee"
"""The kind of its journals."""


async def follow_payout(agency_id: UUID, payout_id: str) -> bool:
    """Word of a payout; before it is paid nothing is said of it."""
    there = await processor.processor_of(agency_id)
    said = await there.fetch_payout(payout_id)
    if said.status not in FOLLOWED:
        return False
    try:
        made_of: list[Transaction] | None = await there.list_payout(payout_id)
    except Rejected:
        made_of = None  # begun by hand, or by a server that does not list them
    actor = system(agency_id)
    async with transaction(actor.scope):
        await take_over(actor, said, made_of)
    return True


UPSERT: Final = """
insert into payouts (id, agency_id, payout_id, currency, amount_minor, status, arrives_on, failure_code, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (agency_id, payout_id) do update
set status = excluded.status, arrives_on = excluded.arrives_on, failure_code = excluded.failure_code,
    changed_at = excluded.changed_at
returning *
"""
LINES: Final = """
insert into payout_lines (id, agency_id, payout_id, transaction_id, kind, source_id, amount_minor, fee_minor, net_minor,
                          card_payment_id)
select gen_random_uuid(), $1, $2, t.id, t.kind, t.source, t.amount, t.fee, t.amount - t.fee, p.id
from unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[]) as t (id, kind, source, amount, fee)
left join card_payments p on p.agency_id = $1 and p.charge_id = t.source
on conflict (agency_id, payout_id, transaction_id) do nothing
"""


async def take_over(actor: Actor, said: Payout, made_of: list[Transaction] | None) -> None:
    """What a payout says, brought into the books once; ``actor`` is the portal itself.

    One that failed after it was paid is taken back: the money is with the processor again.
    """
    row = await sql_one(
        UPSERT,
        *(new_id(), actor.agency_id, said.id, said.currency, said.amount_minor, said.status, said.arrives_on),
        *(said.failure_code, clock.now()),
    )
    assert row is not None
    today = await agency_day(actor)
    if made_of is not None and not row["is_listed"]:
        await _list(actor, row["id"], made_of)
        await _take_own_fees(actor, made_of, min(said.arrives_on, today))
    if said.status == "paid" and row["journal_id"] is None:
        await _post(actor, row, said.id, said.amount_minor, min(said.arrives_on, today), "journal_id")
    elif said.status != "paid" and row["journal_id"] is not None and row["reversal_journal_id"] is None:
        await _post(actor, row, f"{said.id} failed", -said.amount_minor, today, "reversal_journal_id")


async def _post(actor: Actor, row: asyncpg.Record, external_id: str, minor: int, on: date, column: str) -> None:
    paid = PaidOut(payout_id=external_id, currency=row["currency"], amount_minor=minor, on=on)
    journal_id = await take_payout(actor, paid)
    await sql(
        f"update payouts set {column} = $3 where agency_id = $1 and id = $2",  # noqa: S608 - own column names
        *(actor.agency_id, row["id"], journal_id),
    )


async def _list(actor: Actor, payout_id: UUID, made_of: list[Transaction]) -> None:
    await sql(
        LINES,
        *(actor.agency_id, payout_id, [one.id for one in made_of], [one.kind for one in made_of]),
        *(
            [one.source_id for one in made_of],
            [one.amount_minor for one in made_of],
            [one.fee_minor for one in made_of],
        ),
    )
    own = [-one.net_minor for one in made_of if one.kind in OWN_FEES]
    await sql(
        "update payouts set is_listed = true, fees_minor = $3 where agency_id = $1 and id = $2",
        *(actor.agency_id, payout_id, sum(own) + sum(one.fee_minor for one in made_of if one.kind not in OWN_FEES)),
    )


async def _take_own_fees(actor: Actor, made_of: list[Transaction], on: date) -> None:
    """What the processor took out of a payout for itself and for no charge, or gave back of it, is the agency's cost."""
    for one in made_of:
        if one.kind in OWN_FEES and one.net_minor:
            lines = list(processor_cost(5000, abs(one.net_minor), one.currency))
            lines = lines if one.net_minor < 0 else [mirrored(line) for line in lines]
            await post_once(actor, one.id, OWN_FEE, on, lines)


async def owed_to_trust(actor: Actor, currency: str) -> int:
    """What the agency owes the trust account in a currency, for the processor's fees and other costs."""
    return int(
        await sql_value(
            "select coalesce(sum(amount_minor), 0)::bigint from journal_lines"
            " where agency_id = $1 and account = 1090 and currency = $2",
            *(actor.agency_id, currency),
        )
    )


async def make_good(actor: Actor, payout_id: UUID, paid_on: date | None) -> None:
    """Book that the agency paid a payout's fees to the trust account; the same again changes nothing.

    Raises:
        NotFound: there is no such payout here.
        Refused: it has no fees that are known, the agency owes less, or the day will not do.
    """
    actor.require("payments.record")
    row = await sql_one("select * from payouts where agency_id = $1 and id = $2 for update", actor.agency_id, payout_id)
    if row is None:
        raise NotFound
    if row["topped_up_at"] is not None:
        return
    fees, owed = row["fees_minor"], await owed_to_trust(actor, row["currency"])
    if fees <= 0 or fees > owed:
        raise Refused(
            N_("The agency owes the trust account %(owed)s, which is less than these fees."),
            code="not_owed", owed=Spoken(money, owed, row["currency"]),
        )  # fmt: skip
    if paid_on is None:
        raise Refused(N_("Please fill this in."), field="paid_on", code="missing")
    if paid_on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="paid_on", code="future")
    await top_up(actor, row["currency"], fees, paid_on, f"{row['payout_id']} fees")
    await sql(
        "update payouts set topped_up_at = $3, topped_up_by_name = $4 where agency_id = $1 and id = $2",
        *(actor.agency_id, row["id"], clock.now(), actor.name),
    )
    facts = {"amount_minor": fees, "currency": row["currency"], "paid_on": paid_on}
    await record(actor, "payout.topped_up", "payout", row["id"], facts=facts)


FOLLOWERS.extend([("payout.", follow_payout)])

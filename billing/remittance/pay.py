"""The payment: the money has left the trust account. With it the statements are closed, and the clients told."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final
from uuid import UUID

from billing.bank_details.register import load_detail
from billing.payments.split import one_line
from billing.remittance.approve import SETTLED, on_hand
from billing.remittance.journals import Settled, interest_draw, payment
from billing.remittance.run import Run, load_run
from billing.spoken import Spoken
from billing.tables import RunStatus
from portal import clock
from portal.audit.record import Event, record, record_each
from portal.errors import Refused
from portal.jobs import enqueue_each
from portal.ledger.journal import post
from portal.pages.formats import date_full, money
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day, agency_zone
from portal.tenancy.database import savepoint, sql

PAYEES: Final = """
select d.id as detail_id, k.name as client_name from statements s
join clients k on k.agency_id = s.agency_id and k.id = s.client_id
join bank_details d on d.agency_id = s.agency_id and d.id::text = s.letterhead ->> 'account_id'
where s.agency_id = $1 and s.run_id = $2 and not s.deferred and s.net_minor > 0 and d.version > 1
order by k.name
"""
READERS: Final = """
select s.id as statement_id, m.user_id from statements s
join memberships m on m.agency_id = s.agency_id and m.client_id = s.client_id and m.role = 'admin' and m.ended_at is null
where s.agency_id = $1 and s.run_id = $2 and s.status = 'closed' order by s.id, m.user_id
"""


async def pay(
    actor: Actor,
    run_id: UUID,
    paid_on: date | None,
    reference: str,
    bank_accounts: Mapping[str, UUID] = MappingProxyType({}),
) -> None:
    """Confirm that an approved run was paid on a day, under the bank's reference; the same again changes nothing. The bank
    accounts that it left are named by currency where a statement says them.

    Raises:
        NotFound: there is no such run.
        Refused: it is not approved, not exchanged, was paid on another day or reference, or the day will not do; what was
            bought for it does not cover what is paid.
    """
    actor.require("remittances.prepare")
    run = await load_run(actor, run_id, lock=True)
    named = one_line(reference)
    if run.paid_on is not None:
        if (run.paid_on, run.paid_reference) == (paid_on, named):
            return
        raise Refused(
            N_("This run was paid on %(day)s (%(reference)s)."),
            code="already_paid",
            day=Spoken(date_full, run.paid_on),
            reference=run.paid_reference,
        )
    if run.status is not RunStatus.APPROVED:
        raise Refused(N_("Only an approved run can be paid."), code="not_approved")
    day = await _day(actor, run, paid_on)
    await _check_rested(actor, run, day)
    if not named:
        raise Refused(N_("Please fill this in."), field="reference", code="missing")
    settled = [Settled(**row) for row in await sql(SETTLED, actor.agency_id, run.id)]
    await _check_exchanged(actor, settled, day)
    async with savepoint():
        drafts = [draft for each in settled for draft in payment(each, day, bank_accounts)]
        await post(actor, [*drafts, *interest_draw(run.id, run.interest_minor, run.currency, day, bank_accounts)])
    await sql(
        "update remittance_runs set status = 'paid', paid_on = $3, paid_reference = $4, paid_by = $5, paid_by_name = $6"
        " where agency_id = $1 and id = $2 and status = 'approved'",
        *(actor.agency_id, run.id, day, named, actor.user_id, actor.name),
    )
    facts = {"number": run.number, "currency": run.currency, "net_minor": run.net_minor, "paid_on": day}
    await record(actor, "remittance.paid", "remittance_run", run.id, facts=facts, personal={"reference": named})
    await _close(actor, run, day)


async def _day(actor: Actor, run: Run, paid_on: date | None) -> date:
    if paid_on is None:
        raise Refused(N_("Please fill this in."), field="paid_on", code="missing")
    if paid_on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="paid_on", code="future")
    zone = await agency_zone(actor)
    assert run.approved_at is not None
    approved_on = run.approved_at.astimezone(zone).date()
    if paid_on < approved_on:
        raise Refused(
            N_("The run was approved on %(day)s and cannot have been paid before."),
            field="paid_on",
            code="before_approval",
            day=Spoken(date_full, approved_on),
        )
    return paid_on


async def _check_rested(actor: Actor, run: Run, day: date) -> None:
    """Nobody is paid to an account that was changed a moment ago: whoever was told of it could still speak up."""
    zone = await agency_zone(actor)
    for row in await sql(PAYEES, actor.agency_id, run.id):
        first = (await load_detail(actor, row["detail_id"])).payable_from(zone)
        if day < first:
            raise Refused(
                N_("The account of %(client)s was changed: nothing is paid there before %(day)s."),
                field="paid_on",
                code="account_rests",
                client=row["client_name"],
                day=Spoken(date_full, first),
            )


async def _check_exchanged(actor: Actor, settled: Sequence[Settled], day: date) -> None:
    """What is paid out in another currency has been bought, and a loss on it has been paid in by the agency."""
    waits = {each.payout_currency: each.exchanged_minor is None for each in settled if each.payout_currency is not None}
    for target, is_waiting in sorted(waits.items()):
        if is_waiting:
            raise Refused(
                N_("Enter first what the bank exchanged into %(currency)s: nothing can be paid before."),
                code="not_exchanged",
                currency=target,
            )
        short = -await on_hand(actor, target, day)
        if short > 0:
            raise Refused(
                N_("The trust account is short of %(amount)s for what it has to pay. Pay that in first."),
                code="short",
                amount=Spoken(money, short, target),
            )


async def _close(actor: Actor, run: Run, paid_on: date) -> None:
    """Close the statements, and with them the run; the clients' administrators are written to."""
    now = clock.now()
    await sql(
        "update statements set status = 'closed', paid_on = case when net_minor > 0 then $3::date end, closed_at = $4,"
        " closed_by_name = $5 where agency_id = $1 and run_id = $2 and status = 'approved'",
        *(actor.agency_id, run.id, paid_on, now, actor.name),
    )
    await sql(
        "update remittance_runs set status = 'closed', closed_at = $3 where agency_id = $1 and id = $2",
        *(actor.agency_id, run.id, now),
    )
    closed = await sql(
        "select id, number, client_id, net_minor from statements"
        " where agency_id = $1 and run_id = $2 and status = 'closed' order by client_id",
        *(actor.agency_id, run.id),
    )
    events = [
        Event(
            statement["id"],
            {"number": statement["number"], "net_minor": statement["net_minor"], "currency": run.currency},
            client_id=statement["client_id"],
        )
        for statement in closed
    ]
    await record_each(actor, "statement.closed", "statement", events)
    readers = await sql(READERS, actor.agency_id, run.id)
    await enqueue_each(
        "statements.mail_closed",
        [
            {"agency_id": actor.agency_id, "statement_id": row["statement_id"], "user_id": row["user_id"]}
            for row in readers
        ],
    )

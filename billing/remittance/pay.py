"""The payment: money of an approved run has left the trust account, all of it at once or transfer by transfer. A statement is
closed when its transfer left, and its client told; the run when the last one did.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final
from uuid import UUID

from billing.payments.split import one_line
from billing.remittance.approve import SETTLED, on_hand
from billing.remittance.journals import Settled, draw, interest_draw, payout
from billing.remittance.payees import check_rested, payees_of
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

UNPAID: Final = (
    "select id from statements where agency_id = $1 and run_id = $2 and status = 'approved' and not deferred"
)
EXCHANGED: Final = """
select x.target, x.on_day, greatest(0, least(lost.minor, owed.minor - owed.since_minor))::bigint as lost_minor from exchanges x
cross join lateral (select coalesce(sum(l.amount_minor), 0) as minor from journal_lines l
                    where l.agency_id = x.agency_id and l.journal_id = x.journal_id and l.account = 1090
                      and l.currency = x.target) lost
cross join lateral (select coalesce(sum(l.amount_minor), 0) as minor,
                           coalesce(sum(l.amount_minor) filter (where l.amount_minor > 0 and l.journal_id > x.journal_id), 0)
                               as since_minor
                    from journal_lines l where l.agency_id = x.agency_id and l.account = 1090 and l.currency = x.target
                      and l.effective_on <= $3) owed
where x.agency_id = $1 and x.run_id = $2 and x.taken_back_at is null
"""
"""What was exchanged for a run, and what of the loss on it is not paid in by the end of a day: the agency pays in what it owes
the longest first."""
SENT_TO: Final = """
update statements s set paid_detail_id = t.detail_id from unnest($2::uuid[], $3::uuid[]) as t (id, detail_id)
where s.agency_id = $1 and s.id = t.id
"""
CLOSE: Final = """
update statements set status = 'closed', paid_on = case when net_minor > 0 then $3::date end, closed_at = $4, closed_by_name = $5
where agency_id = $1 and id = any($2) and status = 'approved'
"""
CLOSED: Final = (
    "select id, number, client_id, net_minor from statements where agency_id = $1 and id = any($2) order by client_id"
)
READERS: Final = """
select s.id as statement_id, m.user_id from statements s
join memberships m on m.agency_id = s.agency_id and m.client_id = s.client_id and m.role = 'admin' and m.ended_at is null
where s.agency_id = $1 and s.id = any($2) order by s.id, m.user_id
"""
DRAWN: Final = "update remittance_runs set drawn_on = $3 where agency_id = $1 and id = $2"
PAID: Final = """
update remittance_runs set status = 'paid', paid_on = $3, paid_reference = $4, paid_by = $5, paid_by_name = $6
where agency_id = $1 and id = $2 and status = 'approved'
"""
FINAL: Final = "update remittance_runs set status = 'closed', closed_at = $3 where agency_id = $1 and id = $2"


@dataclass(frozen=True, slots=True)
class Transfers:
    """What leaves the trust account: payouts to clients, and with ``is_drawn`` what the agency draws."""

    payouts: Sequence[Settled]
    nothing_to_pay: Sequence[Settled]
    """Statements that pay nobody; they are closed with the last transfer."""
    every: Sequence[Settled]
    """All statements of the run: the agency draws what it keeps of each."""
    is_drawn: bool

    def some(self, statement_ids: Collection[UUID], *, is_drawn: bool) -> "Transfers":
        """Only these of them.

        Raises:
            Refused: one of them is booked as paid already.
        """
        payouts = [each for each in self.payouts if each.statement_id in statement_ids]
        if len(payouts) != len(set(statement_ids)) or (is_drawn and not self.is_drawn):
            raise Refused(N_("This was paid already."), code="already_paid")
        is_rest = len(payouts) == len(self.payouts) and is_drawn == self.is_drawn
        return Transfers(payouts, self.nothing_to_pay if is_rest else (), self.every, is_drawn)

    @property
    def touched(self) -> Sequence[Settled]:
        """The statements that must be exchanged for it to leave."""
        return self.every if self.is_drawn else self.payouts


async def pay(
    actor: Actor,
    run_id: UUID,
    paid_on: date | None,
    reference: str,
    bank_accounts: Mapping[str, UUID] = MappingProxyType({}),
) -> None:
    """Confirm that all of an approved run that is not booked as paid yet was paid on a day, under the bank's reference; the
    same again changes nothing. The bank accounts that it left are named by currency where a statement says them.

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
    rest = await _unpaid(actor, run)
    await _book(actor, run, rest, rest, paid_on, named, bank_accounts)


async def pay_transfers(
    actor: Actor,
    run_id: UUID,
    statement_ids: Collection[UUID],
    paid_on: date | None,
    reference: str,
    bank_accounts: Mapping[str, UUID] = MappingProxyType({}),
    *,
    is_drawn: bool = False,
) -> list[UUID]:
    """Confirm that the transfers of some statements of an approved run left the trust account, and with ``is_drawn`` that
    of what the agency draws; gives the ids of their journals. With the last of them the run is paid.

    Raises:
        NotFound: there is no such run.
        Refused: one of them was paid already, or as `pay` of what these need.
    """
    actor.require("remittances.prepare")
    run = await load_run(actor, run_id, lock=True)
    rest = await _unpaid(actor, run)
    return await _book(
        actor, run, rest.some(statement_ids, is_drawn=is_drawn), rest, paid_on, one_line(reference), bank_accounts
    )


async def _unpaid(actor: Actor, run: Run) -> Transfers:
    """What of a held run is not booked as paid."""
    every = [Settled(**row) for row in await sql(SETTLED, actor.agency_id, run.id)]
    unpaid = {row["id"] for row in await sql(UNPAID, actor.agency_id, run.id)}
    left = [each for each in every if each.statement_id in unpaid]
    draws = run.interest_minor or any(each.drawn_minor or each.gained_minor for each in every)
    return Transfers(
        [each for each in left if each.net_minor], [each for each in left if not each.net_minor], every,
        bool(draws) and run.is_undrawn,
    )  # fmt: skip


async def _book(
    actor: Actor,
    run: Run,
    transfers: Transfers,
    rest: Transfers,
    paid_on: date | None,
    reference: str,
    bank_accounts: Mapping[str, UUID],
) -> list[UUID]:
    if run.status is not RunStatus.APPROVED:
        raise Refused(N_("Only an approved run can be paid."), code="not_approved")
    day = await _day(actor, run, paid_on)
    payees = await payees_of(actor, [each.statement_id for each in transfers.payouts])
    await check_rested(actor, payees, day)
    if not reference:
        raise Refused(N_("Please fill this in."), field="reference", code="missing")
    await _check_exchanged(actor, run, transfers.touched, day)
    drafts = [payout(each, day, bank_accounts) for each in transfers.payouts]
    if transfers.is_drawn:
        drafts += [draft for each in transfers.every for draft in draw(each, day, bank_accounts)]
        drafts += interest_draw(run.id, run.interest_minor, run.currency, day, bank_accounts)
    async with savepoint():
        journal_ids = await post(actor, drafts)
    if transfers.is_drawn:
        await sql(DRAWN, actor.agency_id, run.id, day)
    if len(transfers.payouts) == len(rest.payouts) and transfers.is_drawn == rest.is_drawn:
        await _end(actor, run, day, reference)
    else:
        facts = {
            "number": run.number, "currency": run.currency, "paid_on": day,
            "transfers": len(transfers.payouts) + transfers.is_drawn,
        }  # fmt: skip
        personal = {"reference": reference}
        await record(actor, "remittance.partly_paid", "remittance_run", run.id, facts=facts, personal=personal)
    await sql(SENT_TO, actor.agency_id, [one.statement_id for one in payees], [one.detail_id for one in payees])
    await _close(actor, run, [*transfers.payouts, *transfers.nothing_to_pay], day)
    return journal_ids


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


async def _check_exchanged(actor: Actor, run: Run, settled: Sequence[Settled], day: date) -> None:
    """What is paid out in another currency was bought by then, and a loss on it has been paid in by the agency: what others
    have on the account is not there for it.
    """
    done = {row["target"]: row for row in await sql(EXCHANGED, actor.agency_id, run.id, day)}
    for target in sorted({each.payout_currency for each in settled if each.payout_currency is not None}):
        if target not in done:
            raise Refused(
                N_("Enter first what the bank exchanged into %(currency)s: nothing can be paid before."),
                code="not_exchanged",
                currency=target,
            )
        if day < done[target]["on_day"]:
            raise Refused(
                N_("The bank exchanged it on %(day)s: nothing of it can have been paid before."),
                field="paid_on",
                code="before_exchange",
                day=Spoken(date_full, done[target]["on_day"]),
            )
        short = max(done[target]["lost_minor"], -await on_hand(actor, target, day))
        if short > 0:
            raise Refused(
                N_("The trust account is short of %(amount)s for what it has to pay. Pay that in first."),
                code="short",
                amount=Spoken(money, short, target),
            )


async def _end(actor: Actor, run: Run, day: date, reference: str) -> None:
    """The last of it left: the run is paid, and final."""
    await sql(PAID, actor.agency_id, run.id, day, reference, actor.user_id, actor.name)
    facts = {"number": run.number, "currency": run.currency, "net_minor": run.net_minor, "paid_on": day}
    await record(actor, "remittance.paid", "remittance_run", run.id, facts=facts, personal={"reference": reference})
    await sql(FINAL, actor.agency_id, run.id, clock.now())


async def _close(actor: Actor, run: Run, settled: Sequence[Settled], paid_on: date) -> None:
    """Close statements; the clients' administrators are written to."""
    ids = [each.statement_id for each in settled]
    await sql(CLOSE, actor.agency_id, ids, paid_on, clock.now(), actor.name)
    events = [
        Event(
            statement["id"],
            {"number": statement["number"], "net_minor": statement["net_minor"], "currency": run.currency},
            client_id=statement["client_id"],
        )
        for statement in await sql(CLOSED, actor.agency_id, ids)
    ]
    await record_each(actor, "statement.closed", "statement", events)
    await enqueue_each(
        "papers.make", [{"agency_id": actor.agency_id, "kind": "statement", "id": statement_id} for statement_id in ids]
    )
    readers = await sql(READERS, actor.agency_id, ids)
    await enqueue_each(
        "statements.mail_closed",
        [
            {"agency_id": actor.agency_id, "statement_id": row["statement_id"], "user_id": row["user_id"]}
            for row in readers
        ],
    )

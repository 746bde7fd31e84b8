"""What a payment would do, before anything is written: who gets which part, the fee and why, and what follows."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from billing.costs.repaid import repays
from billing.fees.agreements import agreement_for
from billing.fees.rules import Facts, Fee, compute
from billing.fees.sentence import Explanation, explain
from billing.fees.terms import Payee
from billing.money_rules.rules import rules_of
from billing.parts import Parts
from billing.payments.after_recall import Recalled, marked, recalled
from billing.payments.allocation import Allocation, allocate, allocate_on_day, order_of
from billing.payments.disputed import Free, undisputed
from billing.payments.standing import later
from billing.payments.twins import Twin, twin_of
from billing.short.arrival import Arrival, shortfall_of
from billing.short.rules import Bearer, Shortfall
from billing.short.words import short_text
from billing.spoken import Spoken
from billing.tables import OTHERWISE, Channel
from cases.casework import CaseFile
from cases.clients import ClientFile, load_client
from cases.interest.post import Due, interest_due
from cases.invoices.naming import named_invoice
from cases.tables import Stage
from portal.errors import Refused
from portal.money import LARGEST_MINOR
from portal.pages.formats import date_full, money
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql_one

BY_HAND: Final = (Channel.BANK, Channel.DIRECT_DEBIT, Channel.CHEQUE, Channel.CASH, Channel.DIRECT)
"""Channels that people record. Card payments come from the processor, which knows its fee; value recovered otherwise is
recorded with its paper and confirmed by the client (`billing.outcomes`). Both are booked by the portal."""


@dataclass(frozen=True, slots=True)
class OpenPromise:
    """The promise that the debtor still has to keep."""

    amount_minor: int
    received_minor: int
    due_on: date
    judged_on: date
    made_on: date


@dataclass(frozen=True, slots=True)
class Charge:
    """The processor's charge that money came by, and what the processor kept of it: the agency's cost (O5000)."""

    id: str
    fee_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A payment divided. Amounts in minor units of the case's currency."""

    case: CaseFile
    client: ClientFile
    amount_minor: int
    received_on: date
    channel: Channel
    allocation: Allocation
    fee: Fee
    promise: OpenPromise | None = None
    twin: Twin | None = None
    interest: tuple[Due, ...] = ()
    """What had accrued to the day, by the case's terms or the plan that runs on it: posted before the payment, which may
    pay it; none where nothing of the money is used."""
    recalled: Recalled | None = None
    """The case had gone back to the client: what is paid of its claim comes back to be paid."""
    held_minor: int = 0
    """Would pay what is disputed, or cannot be booked as the case stands: waits in suspense on the case."""
    why_held: str = "disputed"
    """disputed, or unbooked."""
    charge: Charge | None = None
    """It came through the processor."""
    hold_days: int = 0
    """Days for which it may still be taken back, and is not remitted."""
    suspense_id: UUID | None = None
    """It waited in suspense, and is booked now."""
    released_on: date | None = None
    """From this date on it may be remitted, where its hold does not begin with it."""
    bank_account_id: UUID | None = None
    """The account at the bank that it came to, where that is known."""
    costs_kept_minor: int = 0
    """Of the costs, what repays those that the agency had advanced (`billing.costs`)."""
    short: Shortfall | None = None
    """It arrived short: banks kept something of what was sent."""
    banks_kept_minor: int = 0
    """Of what is divided, what banks kept and the agency bears."""
    borne: Parts = Parts()  # noqa: RUF009 - frozen
    """What banks kept and the client bears: it comes off the claim beside this money."""
    borne_costs_minor: int = 0
    """Of the costs in it, what repays those that the agency had advanced."""
    named: tuple[UUID, ...] = ()
    """The invoices that the debtor said it was for, in that order (`cases.invoices.rules`)."""

    @property
    def currency(self) -> str:
        """The case's."""
        return self.case.currency

    @property
    def received_by(self) -> Payee:
        """Us, or the client itself."""
        return payee(self.channel)

    @property
    def cash(self) -> int:
        """The trust account that it came into: the bank, the processor, or out of suspense."""
        if self.suspense_id is not None:
            return 2020
        return 1000 if self.charge is None else 1010

    @property
    def explanation(self) -> Explanation:
        """The fee in words."""
        return explain(self.fee.explanation)

    @property
    def short_text(self) -> str:
        """What becomes of it where it arrived short; empty where it did not."""
        return short_text(self.short.as_facts(), self.currency) if self.short is not None else ""

    @property
    def balance_after_minor(self) -> int:
        """What is owed afterwards."""
        if self.recalled is not None:
            return 0
        return (
            self.case.balance_minor + self.interest_minor - self.allocation.parts.total_minor - self.borne.total_minor
        )

    @property
    def interest_minor(self) -> int:
        """The interest that is posted with it."""
        return sum(each.minor for each in self.interest)

    @property
    def net_minor(self) -> int:
        """What the client has of it in the end, before VAT on the fee; below nought when it owes the fee."""
        ours = self.allocation.parts.total_minor if self.received_by is Payee.AGENCY else 0
        return ours - self.costs_kept_minor - self.fee.fee_minor

    @property
    def release_on(self) -> date:
        """From this date on it may be remitted."""
        if self.released_on is not None:
            return self.released_on
        return self.received_on + timedelta(days=self.hold_days)

    @property
    def closes(self) -> bool:
        """Whether the case is paid in full by it."""
        return self.case.is_open and self.balance_after_minor == 0 and not self.only_surplus

    @property
    def only_surplus(self) -> bool:
        """Whether nothing is owed that it could pay: all of it goes back to the debtor."""
        return self.allocation.parts.total_minor == 0 and self.held_minor == 0

    @property
    def fingerprint(self) -> str:
        """What a person agrees to when they post it: the same text for the same split."""
        parts = (self.case.id, self.channel, self.received_on, *self.allocation.parts.amounts)
        rest = (self.allocation.surplus_minor, self.held_minor, self.fee.fee_minor, self.costs_kept_minor)
        if self.short is not None:
            rest = (*rest, self.banks_kept_minor, *self.borne.amounts)  # type: ignore[assignment]
        return " ".join(str(part) for part in (*parts, *rest, *self.named))

    @property
    def close_code(self) -> str:
        """Why the case closes, if it does by this."""
        return "recovered_otherwise" if self.channel in OTHERWISE else "paid_in_full"

    @property
    def keeps_promise(self) -> bool:
        """Whether the open promise is kept by it."""
        open_promise = self.promise
        if open_promise is None or not open_promise.made_on <= self.received_on <= open_promise.judged_on:
            return False
        paid = self.allocation.parts.total_minor + self.borne.total_minor
        return open_promise.received_minor + paid >= open_promise.amount_minor


def one_line(text: str) -> str:
    """A reference or name as it is kept: trimmed, with single blanks."""
    return " ".join(text.split())


def payee(channel: Channel) -> Payee:
    """Who got the money that came this way."""
    return Payee.CLIENT if channel in (Channel.DIRECT, Channel.BANKS) or channel in OTHERWISE else Payee.AGENCY


async def preview(
    actor: Actor, case: CaseFile, amount_minor: int | None, received_on: date | None, channel: str, reference: str = "",
    *, invoice_id: UUID | None = None,
) -> Split:  # fmt: skip
    """How a payment on a case would be divided, and what would follow; ``invoice_id`` is the invoice that the debtor says it
    is for. Writes nothing.

    Raises:
        Refused: what was entered cannot be a payment on this case; the text says why.
    """
    actor.require("payments.record")
    way = _channel(actor, channel)
    day = await _day(actor, case, received_on)
    named = await named_invoice(actor, case, invoice_id)
    split = await divide(actor, case, _amount(amount_minor), day, way)
    if payee(way) is Payee.CLIENT:
        _within(split)
    twin = await twin_of(actor, case, split.amount_minor, day, one_line(reference))
    return replace(split, promise=await open_promise(actor, case.id), twin=twin, named=(named,) if named else ())


async def divide(
    actor: Actor, case: CaseFile, amount_minor: int, day: date, channel: Channel, came: Arrival | None = None
) -> Split:
    """How money is divided over a case as it stands: what its claim takes, what waits because it is disputed, what is
    too much; and the fee on what is paid. What a bank tells of how it ``came`` says whether it arrived short, and
    `billing.short.rules` what is credited then.

    Raises:
        Refused: the client has no fee agreement.
    """
    gone = await recalled(actor, case)
    interest = await interest_due(actor, case, day, amount_minor)
    more = Parts(interest_minor=sum(each.minor for each in interest))
    owing = gone.gone if gone is not None else owed(case) + more
    free = Free(owing, owing.total_minor) if gone is not None else await undisputed(actor, case, owing)
    most = free.total_minor
    short = None if came is None or gone is not None else await shortfall_of(actor, case, amount_minor, day, came)
    agencys, clients = _credited(short, most)
    used = min(amount_minor + agencys, owing.total_minor)
    open_minor = min(used, most)
    client = await load_client(actor, case.client_id)
    since = await later(case, day) if gone is None else Parts()
    parts = allocate_on_day(open_minor, free.parts, since, order_of(client.allocation)) if open_minor else Parts()
    borne = allocate(clients, free.parts - parts, order_of(client.allocation)).parts if clients else Parts()
    bearing = parts if gone is None else gone.bearing(parts, day)
    fee = await fee_on(actor, case, bearing, day, payee(channel), otherwise=channel in OTHERWISE)
    if short is not None and not agencys and not clients:
        short = replace(short, bearer=Bearer.DEBTOR)
    if short is not None:
        fee = replace(fee, explanation={**fee.explanation, "short": short.as_facts()})
    costs_kept = await repays(actor, case.id, parts.costs_minor)
    return Split(
        case=case,
        client=client,
        amount_minor=amount_minor + agencys,
        received_on=day,
        channel=channel,
        allocation=Allocation(parts, amount_minor + agencys - used),
        fee=fee if gone is None or gone.came_before(day) else marked(fee, gone, parts, bearing),
        interest=interest if parts.total_minor else (),
        recalled=gone,
        held_minor=used - open_minor,
        costs_kept_minor=costs_kept,
        hold_days=(await rules_of(actor)).hold(channel),
        short=short,
        banks_kept_minor=agencys,
        borne=borne,
        borne_costs_minor=await repays(actor, case.id, parts.costs_minor + borne.costs_minor) - costs_kept,
    )


def _credited(short: Shortfall | None, most: int) -> tuple[int, int]:
    """What is credited above what arrived, at the agency's cost and at the client's; ``most`` can be paid."""
    if short is None:
        return 0, 0
    minor = short.credited(most)
    return (minor, 0) if short.bearer is Bearer.AGENCY else (0, minor)


def owed(case: CaseFile) -> Parts:
    """What is owed by component."""
    return Parts(case.principal_minor, case.interest_minor, case.costs_minor)


async def fee_on(
    actor: Actor, case: CaseFile, parts: Parts, received_on: date, received_by: Payee, *, otherwise: bool = False
) -> Fee:
    """The fee on parts of a case's balance that are paid on a day, or recovered ``otherwise`` than by money.

    Raises:
        Refused: the client has no fee agreement.
    """
    agreement = await agreement_for(actor, case.client_id, case.placed_on, received_on)
    facts = await facts_of(actor, case, received_on)
    return compute(agreement, replace(facts, parts=parts, received_by=received_by, otherwise=otherwise))


SECOND_PLACEMENT: Final = "second_placement"
"""The stage of a fee while a case that another agency had before is pursued amicably."""

PAID_BEFORE = """
select coalesce(sum(principal_minor), 0)::bigint as principal, coalesce(sum(interest_minor), 0)::bigint as interest,
       coalesce(sum(costs_minor), 0)::bigint as costs, coalesce(sum(fee_minor), 0)::bigint as fees,
       (select min(issued_on) from invoices where agency_id = $1 and case_id = $2) as oldest_issued_on,
       (select country from clients where agency_id = $1 and id = $3) as client_country
from payments where agency_id = $1 and case_id = $2
"""


async def facts_of(actor: Actor, case: CaseFile, received_on: date) -> Facts:
    """What a fee looks at on a case on a day, for a payment to us of nothing yet."""
    before = await sql_one(PAID_BEFORE, actor.agency_id, case.id, case.client_id)
    assert before is not None
    return Facts(
        currency=case.currency,
        placed_minor=case.placed_minor,
        placed_on=case.placed_on,
        oldest_due_on=case.oldest_due_on,
        oldest_issued_on=before["oldest_issued_on"],
        received_on=received_on,
        parts=Parts(),
        stage=SECOND_PLACEMENT if case.second_placement and case.stage == Stage.AMICABLE else case.stage,
        foreign=bool(before["client_country"]) and before["client_country"] != case.debtor_country,
        paid_before=Parts(before["principal"], before["interest"], before["costs"]),
        fees_before_minor=before["fees"],
    )


async def open_promise(actor: Actor, case_id: UUID) -> OpenPromise | None:
    """The case's open promise."""
    row = await sql_one(
        "select p.amount_minor, p.received_minor, p.due_on, p.judged_on,"
        " least((p.created_at at time zone a.time_zone)::date, p.due_on) as made_on"
        " from promises p join agencies a on a.id = p.agency_id"
        " where p.agency_id = $1 and p.case_id = $2 and p.status = 'open' order by p.created_at desc limit 1",
        *(actor.agency_id, case_id),
    )
    return OpenPromise(**row) if row is not None else None


def _channel(actor: Actor, text: str) -> Channel:
    if text not in BY_HAND and not (actor.kind == "system" and text in OTHERWISE):
        raise Refused(N_("Please choose how the money came."), field="channel", code="bad_channel")
    return Channel(text)


async def _day(actor: Actor, case: CaseFile, received_on: date | None) -> date:
    if received_on is None:
        raise Refused(N_("Please fill this in."), field="received_on", code="missing")
    if received_on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="received_on", code="future")
    if received_on < case.placed_on:
        raise Refused(
            N_("The case was placed on %(day)s; what was paid before lowers the claim, it is no payment here."),
            field="received_on",
            code="before_placement",
            day=Spoken(date_full, case.placed_on),
        )
    return received_on


def _amount(amount_minor: int | None) -> int:
    if amount_minor is None:
        raise Refused(N_("Please fill this in."), field="amount", code="missing")
    if not 0 < amount_minor <= LARGEST_MINOR:
        raise Refused(N_("An amount above zero."), field="amount", code="bad_amount")
    return amount_minor


def _within(split: Split) -> None:
    """What the client has is no money that could wait with us: it pays what is owed and undisputed, or nothing."""
    if split.allocation.surplus_minor and split.channel in OTHERWISE:
        raise Refused(
            N_("More than is owed, %(balance)s, cannot come off the claim."),
            field="amount",
            code="over_balance",
            balance=Spoken(money, split.amount_minor - split.allocation.surplus_minor, split.currency),
        )
    if split.allocation.surplus_minor:
        raise Refused(
            N_("The debtor cannot have paid the client more than is owed, %(balance)s."),
            field="amount",
            code="over_balance",
            balance=Spoken(money, split.amount_minor - split.allocation.surplus_minor, split.currency),
        )
    if split.held_minor:
        raise Refused(
            N_("Part of this claim is disputed: until that is answered, at most %(amount)s can be booked to it."),
            field="amount",
            code="disputed",
            amount=Spoken(money, split.allocation.parts.total_minor, split.currency),
        )

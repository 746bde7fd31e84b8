"""What a write-off would do, before anything is written: to the claim, to the fee, to the case; and whose word it needs."""

from dataclasses import dataclass
from uuid import UUID

from billing.fees.terms import Payee
from billing.parts import Parts
from billing.payments.split import fee_on, owed
from billing.plans.authority import Authority
from billing.plans.ladders import ladder_for
from billing.plans.rates import rates_of
from billing.suspense.register import suspended_on
from billing.write_offs.rules import Share, Wanted, divide, whose_word
from cases.account.moves import claimed, debt_moves, given_up, paid
from cases.casework import CaseFile
from cases.plans.register import plans_of
from cases.plans.tables import PlanStatus
from cases.tables import CaseStatus
from cases.write_offs import Reason, closes_as
from portal.errors import Refused
from portal.ledger.tables import Component
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A write-off and what follows from it. Amounts are minor units of the case's currency."""

    case: CaseFile
    parts: Parts
    reason: Reason
    claimed_minor: int
    forgiven_minor: int
    """What had been given up of the claim before."""
    authority: Authority
    ladder_id: UUID | None
    fee_minor: int | None
    """What the fee would be if it were paid today; None where nothing is agreed about fees."""
    was_paid: bool

    @property
    def left_minor(self) -> int:
        """What is owed afterwards."""
        return self.case.balance_minor - self.parts.total_minor

    @property
    def close_code(self) -> str:
        """As what the case closes; empty where something is left."""
        return "" if self.left_minor else closes_as(self.reason, was_paid=self.was_paid)

    @property
    def fingerprint(self) -> str:
        """What a person agrees to: the same text for the same figures."""
        return " ".join(str(minor) for minor in (*self.parts.amounts, self.case.balance_minor, self.forgiven_minor))


async def foresee(actor: Actor, case: CaseFile, wanted: Wanted) -> Effect:
    """Look a write-off over and see what it does. ``actor`` sees what the agency sees. Writes nothing.

    Raises:
        Refused: it will not do as it was entered, or not on this case as it stands; the text says why, beside its field.
    """
    await may_give_up(actor, case)
    if wanted.reason is None:
        raise Refused(N_("Please choose."), field="reason", code="missing")
    parts = divide(wanted, owed(case))
    if parts.total_minor == case.balance_minor and await suspended_on(actor, case.id):
        raise Refused(N_("Money of this case waits in suspense. It is booked or sent back first."), code="money_waits")
    moves = await debt_moves([case.id])
    before, whole = given_up(moves), sum(claimed(moves, component) for component in Component)
    ladder, decided = await _judge(actor, case, whole, before + parts.total_minor)
    return Effect(
        case=case,
        parts=parts,
        reason=wanted.reason,
        claimed_minor=whole,
        forgiven_minor=before,
        authority=decided,
        ladder_id=ladder,
        fee_minor=await _fee_lost(actor, case, parts),
        was_paid=paid(moves) > 0,
    )


async def may_give_up(actor: Actor, case: CaseFile) -> None:
    """Look whether anything may be written off on a case now.

    Raises:
        Refused: it is closed, not in work yet or asked back, nothing is owed, or something is offered or agreed on it.
    """
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    if case.status is not CaseStatus.ACTIVE:
        raise Refused(N_("The case is not in work yet."), code="not_in_work")
    if case.recall_asked_on is not None:
        raise Refused(N_("The client has asked for this case back. Answer that first."), code="recall_pending")
    if not case.balance_minor:
        raise Refused(N_("Nothing is owed on this case."), code="nothing_owed")
    stand = (PlanStatus.OFFERED, PlanStatus.APPROVED)
    if any(plan.is_running or plan.status in stand for plan in await plans_of(actor, case)):
        raise Refused(
            N_("An agreement to pay runs or is offered on this case. End it or withdraw it first."), code="plan_running"
        )


async def _judge(
    actor: Actor, case: CaseFile, claimed_minor: int, forgiven_minor: int
) -> tuple[UUID | None, Authority]:
    today = await agency_day(actor)
    version = await ladder_for(actor, case.client_id)
    ladder = version.ladder
    assert ladder is not None
    rates = await rates_of([case.currency, ladder.currency], today)
    share = Share(
        claimed_minor=claimed_minor,
        forgiven_minor=forgiven_minor,
        claimed_in_limits_minor=rates.convert(claimed_minor, case.currency, ladder.currency),
        forgiven_in_limits_minor=rates.convert(forgiven_minor, case.currency, ladder.currency),
        days_past_due=case.days_past_due(today),
    )
    return version.id, whose_word(ladder, share)


async def _fee_lost(actor: Actor, case: CaseFile, parts: Parts) -> int | None:
    try:
        return (await fee_on(actor, case, parts, await agency_day(actor), Payee.AGENCY)).fee_minor
    except Refused:
        return None

"""The money of one case: the panel of the workbench and of the client's view, and one page for it."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.costs.register import costs_of
from billing.fees.rules import Fee
from billing.fees.terms import Payee
from billing.outcomes.register import OutcomeFile, outcomes_of
from billing.outcomes.words import KIND_TEXTS, SECURITY_TEXTS, Status
from billing.payments.reaching import reached_by
from billing.payments.register import payments_of_case
from billing.payments.split import fee_on, open_promise, owed
from billing.plans.wording import STATUS_TEXTS, STATUS_TONES
from billing.suspense.register import suspended_on
from billing.write_offs.register import WriteOffFile, write_offs_of
from billing.write_offs.words import STATUS_TEXTS as WRITE_OFF_TEXTS
from billing.write_offs.words import Status as WriteOffStatus
from cases.casework import CaseFile, load_case
from cases.interest.accrue import accrued
from cases.plans.register import PlanFile, plans_of
from cases.second_placement import say_second_placement
from portal.errors import Refused
from portal.pages.forms import read_form
from portal.pages.rendering import render, wants_fragment
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.guards import needs


@get("/cases/{case_id:uuid}/money", guards=[needs("cases.read")])
async def money(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """What is owed, what was paid and the fee on it, and what a payment in full would bring."""
    case = await load_case(actor, case_id)
    payments = await payments_of_case(actor, case.id)
    # The client's page of a case shows claim and promise itself; what it lacks are the payments and their fees.
    whole = actor.is_staff or not wants_fragment(request)
    return render(
        request, "billing/case_money.html", block="panel",
        case=case, payments=payments, reached=await reached_by(actor, [payment.id for payment in payments]),
        paid_minor=sum(payment.amount_minor for payment in payments),
        plan=await _plan(actor, case), plan_texts=STATUS_TEXTS, plan_tones=STATUS_TONES,
        outcomes=await _outcomes(actor, case), outcome_texts=KIND_TEXTS, security_texts=SECURITY_TEXTS,
        write_offs=await _write_offs(actor, case), write_off_texts=WRITE_OFF_TEXTS,
        suspended=await suspended_on(actor, case.id),
        promise=await open_promise(actor, case.id), in_full=await _fee_in_full(actor, case), whole=whole,
        accrual=await accrued(actor, case, await agency_day(actor)), not_repaid_minor=await _not_repaid(actor, case),
    )  # fmt: skip


async def _plan(actor: Actor, case: CaseFile) -> PlanFile | None:
    """What runs on the case, else what was offered or drawn up last, else what ran last."""
    plans = await plans_of(actor, case)
    shown = [*(plan for plan in plans if plan.is_running), *(plan for plan in plans if plan.is_before), *plans]
    return shown[0] if shown and actor.may("plans.read") else None


async def _outcomes(actor: Actor, case: CaseFile) -> list[OutcomeFile]:
    """What secures the claim or lets it rest now, or waits for the client's word."""
    if not actor.may("outcomes.read"):
        return []
    today = await agency_day(actor)
    return [one for one in await outcomes_of(actor, case) if one.status is Status.PROPOSED or one.lasts(today)]


async def _write_offs(actor: Actor, case: CaseFile) -> list[WriteOffFile]:
    """What was given up of the claim, or waits for somebody's word."""
    if not actor.may("write_offs.read"):
        return []
    shown = (WriteOffStatus.PROPOSED, WriteOffStatus.APPROVED)
    return [one for one in await write_offs_of(actor, case) if one.status in shown]


async def _not_repaid(actor: Actor, case: CaseFile) -> int:
    """What the agency advanced for a closed case and may now ask its client for; nought of an open one."""
    if case.is_open or not actor.may("invoices.issue"):
        return 0
    return sum(cost.open_minor for cost in await costs_of(actor, case))


async def _fee_in_full(actor: Actor, case: CaseFile) -> Fee | None:
    """The fee if all of it came to us today; None when nothing is owed, or nothing was agreed about fees."""
    if not case.is_open or not case.balance_minor:
        return None
    try:
        return await fee_on(actor, case, owed(case), await agency_day(actor), Payee.AGENCY)
    except Refused:
        return None


@post("/cases/{case_id:uuid}/second-placement", guards=[needs("cases.second_placement")])
async def second_placement(
    request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]
) -> Response[Any]:
    """Keep whether the case is a second placement."""
    await say_second_placement(actor, case_id, (await read_form(request)).flag("second"))
    return redirect(request, f"/cases/{case_id}", N_("Saved. Fees on later payments go by it."))


ROUTES = [money, second_placement]

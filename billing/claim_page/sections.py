"""What the overview of the debtor's page offers of the money."""

from typing import Final

from billing.cards.accounts import offered_by
from billing.cards.autopay import expected
from billing.cards.intents import payable
from billing.cards.methods import method_name, method_of
from billing.cards.retrying import Why
from billing.claim_page.plan_routes import fulfilled_plan, may_be_planned, standing_plan
from billing.claim_page.propose import answered_by
from billing.refunds.telling import resting_on
from billing.spoken import Spoken
from cases.casework import CaseFile
from cases.claim_page.sections import Look, offer
from cases.plans.register import running_plan
from cases.plans.tables import PlanStatus
from portal.pages.formats import date_long, money
from portal.pages.text import N_, Text, say
from portal.people.actor import Actor
from portal.people.agency_time import agency_zone
from portal.people.behalf import with_the_agencys_eyes

GIVEN_UP: Final = frozenset({Why.FOR_GOOD, Why.CONFIRM, Why.OFTEN})
"""Why a payment is not collected any more unless the debtor does something."""


async def _pay(actor: Actor, case: CaseFile) -> bool | Text:
    async with with_the_agencys_eyes(actor) as portal:
        most = await payable(portal, case)
    if not most:
        return False
    return say("card or bank transfer") if await offered_by(actor) else say("by bank transfer")


async def _plan(actor: Actor, case: CaseFile) -> bool | Text:
    plan = await standing_plan(actor, case)
    if plan is None:
        return may_be_planned(case)
    if plan.status is not PlanStatus.OFFERED:
        return False
    if not plan.by_debtor or plan.offered_at is None:
        return say("We are preparing an offer for you")
    proposed_on = plan.offered_at.astimezone(await agency_zone(actor)).date()
    return say("We answer by %(day)s", day=Spoken(date_long, answered_by(case, proposed_on)))


async def _offered(actor: Actor, case: CaseFile) -> bool | Text:
    plan = await standing_plan(actor, case)
    if plan is None or plan.status is not PlanStatus.APPROVED:
        return False
    return say("open until %(day)s", day=Spoken(date_long, plan.valid_until))


async def _running(actor: Actor, case: CaseFile) -> bool | Text:
    plan = await standing_plan(actor, case)
    if plan is None:
        return say("fulfilled") if await fulfilled_plan(actor, case) is not None else False
    return plan.is_running


async def _autopay(actor: Actor, case: CaseFile) -> bool | Text:
    async with with_the_agencys_eyes(actor) as portal:
        method, plan = await method_of(portal, case.id), await running_plan(portal, case)
        if method is None:
            return plan is not None and await offered_by(actor) is not None
        following = await expected(portal, plan, method) if plan is not None else None
    if plan is None:
        return say("nothing is collected any more")
    turn = following[1] if following else None
    if turn is not None and turn.why is Why.LATER and turn.on is not None:
        return say("could not be collected; we try again on %(day)s", day=Spoken(date_long, turn.on))
    if turn is not None and turn.why in GIVEN_UP:
        return say("could not be collected: please pay yourself")
    return say("from %(what)s", what=method_name(method))


async def _refund(actor: Actor, case: CaseFile) -> bool | Text:
    async with with_the_agencys_eyes(actor) as portal:
        refund = await resting_on(portal, case.id)
    if refund is None:
        return False
    return say(
        "%(amount)s to the account that ends in %(ends)s, from %(day)s on. Not yours? Tell us before.",
        amount=Spoken(money, refund.amount_minor, refund.currency),
        ends=(refund.account.iban or refund.account.account_number)[-4:],
        day=Spoken(date_long, refund.pay_from),
    )


offer("pay", 10, N_("Pay now"), "", "credit-card", "/claim/pay", _pay, look=Look.MAIN)
offer(
    "agreement", 15, N_("Look at the agreement"), "", "heart-handshake", "/claim/agreement", _offered, look=Look.SECOND
)
offer(
    "plan", 20, N_("Pay in instalments"), N_("you see every payment at once"), "calendar-dollar", "/claim/plan", _plan,
    look=Look.SECOND,
)  # fmt: skip
offer(
    "running", 25, N_("Your agreement"), N_("what is paid, and what comes next"), "calendar-check", "/claim/agreement",
    _running,
)  # fmt: skip
offer(
    "autopay", 26, N_("Automatic payment"), N_("have your payments collected on their days"), "repeat", "/claim/autopay",
    _autopay,
)  # fmt: skip
offer("refund", 27, N_("Money back, to another account"), "", "building-bank", "/claim/dispute", _refund)

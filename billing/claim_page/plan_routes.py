"""The page on which a debtor draws up a plan: its payments are shown as they are typed, and it is agreed or proposed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency

from billing.claim_page.propose import Choice, answered_by, draw_up, is_at_once, propose, wish_of
from billing.plans.ladders import ladder_for
from billing.plans.sketch import Sketch
from billing.plans.terms import Rhythm
from billing.plans.wording import RHYTHM_TEXTS
from cases.casework import CaseFile
from cases.claim_page.overview import own_case, with_interest
from cases.claim_page.pages import claim_render
from cases.plans.register import PlanFile, plans_of
from cases.plans.tables import PlanStatus
from cases.tables import CaseStatus
from portal.errors import Refused
from portal.money import decimal_string, exponent
from portal.pages.forms import Form, Typed, read_form
from portal.pages.rendering import wants_fragment
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day, agency_zone
from portal.people.behalf import with_the_agencys_eyes
from portal.people.guards import needs
from portal.people.routes.browser import SMALL_FORM, Shown, shown

ANSWER: Final = needs("claim.answer")
FIRST_IN: Final = timedelta(days=7)
FIRST_COUNT: Final = 6
RHYTHMS: Final = (Rhythm.MONTH, Rhythm.FORTNIGHT, Rhythm.WEEK)


@get("/claim/plan", guards=[ANSWER])
async def show(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The form with its payments; what waits for an answer; or the way to what is agreed already."""
    case = await own_case(actor)
    newest = await standing_plan(actor, case)
    if newest is not None and newest.status is not PlanStatus.OFFERED:
        return redirect(request, "/claim/agreement")
    if newest is not None:
        proposed_on = (newest.offered_at or newest.created_at).astimezone(await agency_zone(actor)).date()
        by = answered_by(case, proposed_on)
        return await claim_render(request, actor, "billing/claim/plan.html", waiting=newest, answer_by=by, case=case)
    return await _page(request, actor, case, Form(await _first_texts(actor, await with_interest(actor, case))))


@post("/claim/plan", guards=[ANSWER], request_max_body_size=SMALL_FORM)
async def make(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Show the payments of what is typed; or, with ``propose``, put it forward."""
    form = await read_form(request)
    case = await own_case(actor)
    if not form.flag("propose"):
        return await _page(request, actor, case, form)
    try:
        owing = await with_interest(actor, case)
        wish = wish_of(_choice_in(form, case.currency), owing, await agency_day(actor), actor.language)
        await propose(actor, wish, shown=form.text("shown"))
    except Refused as refusal:
        return await _page(request, actor, case, form, refusal)
    return redirect(request, "/claim/plan")


async def standing_plan(actor: Actor, case: CaseFile) -> PlanFile | None:
    """What is proposed, offered or agreed on the debtor's case now; None where nothing is."""
    counted = (PlanStatus.OFFERED, PlanStatus.APPROVED, PlanStatus.ACTIVE, PlanStatus.GRACE)
    return next((plan for plan in await plans_of(actor, case) if plan.status in counted), None)


async def fulfilled_plan(actor: Actor, case: CaseFile) -> PlanFile | None:
    """The agreement that paid the debtor's case off, where the newest one did; None otherwise."""
    newest = next(iter(await plans_of(actor, case)), None)
    return newest if newest is not None and newest.status is PlanStatus.COMPLETED else None


def may_be_planned(case: CaseFile) -> bool:
    """Whether a plan may be drawn up on a case at all."""
    return case.status is CaseStatus.ACTIVE and case.recall_asked_on is None and case.balance_minor > 0


async def _first_texts(actor: Actor, case: CaseFile) -> dict[str, str]:
    """What stands in the form at first: a plan that may be agreed to at once, where the balance allows one."""
    async with with_the_agencys_eyes(actor) as portal:
        ladder = (await ladder_for(portal, case.client_id)).ladder
    assert ladder is not None
    unit: int = 10 ** exponent(case.currency)
    percent = max(ladder.own_first_percent, Decimal(10))
    down = -(-int(case.balance_minor * percent / 100) // unit) * unit
    months = ladder.length_for(case.balance_minor).own_months
    return {
        "down": decimal_string(min(down, case.balance_minor), case.currency),
        "first_on": (await agency_day(actor) + FIRST_IN).isoformat(),
        "by": "count",
        "count": str(max(1, min(FIRST_COUNT, months))),
        "amount": "",
        "rhythm": Rhythm.MONTH.value,
    }


def _choice_in(form: Form, currency: str) -> Choice:
    """What a debtor typed.

    Raises:
        Refused: a field cannot be read, with its name.
    """
    first_on = form.day("first_on")
    if first_on is None:
        raise Refused(N_("Please fill this in."), field="first_on", code="missing")
    by_amount = form.text("by") == "amount"
    amount, count = form.amount("amount", currency), form.text("count")
    if (amount is None) if by_amount else not count:
        raise Refused(N_("Please fill this in."), field="amount" if by_amount else "count", code="missing")
    if not by_amount and not (count.isascii() and count.isdigit() and len(count) < 4):
        raise Refused(N_("A whole number."), field="count", code="bad_number")
    rhythm = form.text("rhythm")
    return Choice(
        down_minor=form.amount("down", currency) or 0,
        first_on=first_on,
        count=None if by_amount else int(count),
        amount_minor=amount if by_amount else None,
        rhythm=Rhythm(rhythm) if rhythm in list(Rhythm) else Rhythm.MONTH,
        why=form.lines("why", limit=1000),
    )


async def _drawn(actor: Actor, case: CaseFile, form: Form, today: date) -> Sketch:
    wish = wish_of(_choice_in(form, case.currency), await with_interest(actor, case), today, actor.language)
    async with with_the_agencys_eyes(actor) as portal:
        return await draw_up(portal, case, wish)


async def _page(
    request: PageRequest, actor: Actor, case: CaseFile, form: Form, refusal: Refused | None = None
) -> Response[Any]:
    today, asked = await agency_day(actor), wants_fragment(request)
    drawn: Sketch | None = None
    if may_be_planned(case):
        try:
            drawn = await _drawn(actor, case, form, today)
        except Refused as error:
            # While somebody is still typing, a field that is empty is no mistake yet.
            refusal = refusal or (None if asked and error.code == "missing" else error)
    return await claim_render(
        request, actor, "billing/claim/plan.html", block="preview", status=422 if refusal else 200,
        case=case, waiting=None, open=may_be_planned(case), drawn=drawn, at_once=drawn is not None and is_at_once(drawn),
        answer_by=answered_by(case, today), values=Typed(form.values()), errors=_beside(refusal), refusal=refusal,
        rhythms=[(rhythm.value, RHYTHM_TEXTS[rhythm]) for rhythm in RHYTHMS],
    )  # fmt: skip


FIELDS: Final = {"down_on": "first_on"}
"""What the builder of the agency's people has in two fields, and this page in one."""


def _beside(refusal: Refused | None) -> Shown:
    """The refusal at its field as the form of this page calls it."""
    return Shown({FIELDS.get(name, name): text for name, text in shown(refusal).items()})


ROUTES: list[Any] = [show, make]

"""The agreement as its debtor sees it: offered and to be agreed to, or running with what is paid and what comes next."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency

from billing.claim_page.accept import Acceptance, accept, paper_of
from billing.claim_page.plan_routes import fulfilled_plan, standing_plan
from billing.plans.written import as_pdf, clauses, conditions
from cases.casework import CaseFile
from cases.claim_page.overview import own_case
from cases.claim_page.pages import UNSEEN, claim_render
from cases.plans.follow import standing_of
from cases.plans.register import PlanFile, lines_of
from cases.plans.tables import PlanStatus
from portal.errors import NotFound, Refused
from portal.pages.forms import Form, Typed, read_form
from portal.pages.text import LANGUAGES, N_, speaking
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.behalf import with_the_agencys_eyes
from portal.people.guards import needs
from portal.people.routes.browser import SMALL_FORM, sender_of, shown
from portal.storage.store import attachment

READ: Final = needs("claim.read")
ANSWER: Final = needs("claim.answer")
OVER: Final = {
    "lapsed": N_("The time of this offer is over. You may propose another plan."),
    "claim_changed": N_("The claim has changed since this was offered. We will send you another agreement."),
    "not_approved": N_("This offer is no longer open."),
    "case_closed": N_("This case is closed: nothing is left to agree."),
}
"""Why an offer can be agreed to no more, to the debtor."""


@get("/claim/agreement", guards=[READ])
async def show(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What is offered or agreed."""
    return await _page(request, actor)


@post("/claim/agreement", guards=[ANSWER], request_max_body_size=SMALL_FORM)
async def agree_online(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Agree to what was shown."""
    form = await read_form(request)
    plan_id = form.id("plan")
    if plan_id is None:
        raise NotFound
    try:
        said = Acceptance(
            name=form.text("name", limit=200),
            position=form.text("position", limit=200),
            agrees=form.flag("agrees"),
            sha256=form.text("sha256", limit=64),
            address=sender_of(request).address,
            guarantor=form.text("guarantor", limit=200),
            guarantor_agrees=form.flag("guarantor_agrees"),
        )
        await accept(actor, plan_id, said)
    except Refused as refusal:
        return await _page(request, actor, form, refusal)
    return redirect(request, "/claim/agreement")


@get("/claim/agreement.pdf", guards=[READ])
async def document(actor: NamedDependency[Actor]) -> Response[bytes]:
    """The agreement in writing."""
    case = await own_case(actor)
    plan = await _shown_plan(actor, case)
    if plan is None:
        raise NotFound
    async with with_the_agencys_eyes(actor) as portal:
        content = await as_pdf(portal, case, plan)
    name = attachment(f"{case.number}-agreement-{plan.version}.pdf")
    return Response(content, media_type="application/pdf", headers={**UNSEEN, "content-disposition": name})


async def _shown_plan(actor: Actor, case: CaseFile) -> PlanFile | None:
    """What is offered to the debtor, agreed or fulfilled; nothing that still waits for our own word."""
    plan = await standing_plan(actor, case)
    if plan is None:
        return await fulfilled_plan(actor, case)
    return None if plan.status is PlanStatus.OFFERED else plan


async def _page(
    request: PageRequest, actor: Actor, form: Form | None = None, refusal: Refused | None = None
) -> Response[Any]:
    case, today = await own_case(actor), await agency_day(actor)
    plan = await _shown_plan(actor, case)
    if plan is None and refusal is None:
        return redirect(request, "/claim/plan")
    if plan is None:
        return await claim_render(
            request, actor, "billing/claim/agreement.html", status=422, plan=None, over=_over(refusal)
        )
    async with with_the_agencys_eyes(actor) as portal:
        lines = await lines_of(portal, plan.id)
        digest = (await paper_of(portal, case, plan)).hex()
        agreed = plan.is_running or plan.status is PlanStatus.COMPLETED
        standing = await standing_of(portal, plan, lines, today) if agreed else None
    with speaking(actor.language, actor.time_zone):
        before, after = clauses(plan, len(lines)), conditions(plan)
    lapsed = plan.status is PlanStatus.APPROVED and plan.valid_until < today
    over = OVER["lapsed"] if lapsed else _over(refusal)
    return await claim_render(
        request, actor, "billing/claim/agreement.html", status=422 if refusal else 200,
        case=case, plan=plan, lines=lines, clauses=before, conditions=after, digest=digest, over=over,
        standing=standing, today=today,
        values=Typed(form.values() if form else {}), errors=shown(refusal), refusal=refusal, languages_of=LANGUAGES,
    )  # fmt: skip


def _over(refusal: Refused | None) -> str | None:
    return OVER.get(refusal.code) if refusal is not None else None


ROUTES: list[Any] = [show, agree_online, document]

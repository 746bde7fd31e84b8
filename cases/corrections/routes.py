"""The page of a claim's figures: what was placed, what was corrected and why, and a new figure."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.casework import load_case
from cases.corrections.correct import correct
from cases.corrections.decide import accept, refuse
from cases.corrections.register import corrections_of, figures, load_correction
from cases.corrections.rules import Wanted
from cases.corrections.words import COMPONENT_TEXTS, KINDS, STATUS_TEXTS, STATUS_TONES
from cases.documents.evidence import documents_of
from portal.errors import Refused
from portal.ledger.tables import Component
from portal.pages.forms import Form, Typed, read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.guards import needs
from portal.people.routes.browser import shown


@get("/cases/{case_id:uuid}/corrections", guards=[needs("cases.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """What was placed, corrected and is claimed now; a new figure for those who may enter one."""
    return await _page(request, actor, case_id)


async def _page(
    request: PageRequest,
    actor: Actor,
    case_id: UUID,
    form: Form | None = None,
    refusal: Refused | None = None,
    about: UUID | None = None,
) -> Response[Any]:
    case = await load_case(actor, case_id)
    now = await figures(case)
    today = (await agency_day(actor)).isoformat()
    return render(
        request, "cases/corrections.html", status=422 if refusal else 200,
        case=case, figures=list(now.values()), corrections=await corrections_of(actor, case), about=about,
        claimed_minor=sum(figure.claimed_minor for figure in now.values()),
        documents=await documents_of(actor, case) if actor.may("documents.read") else [],
        kinds=KINDS, components=COMPONENT_TEXTS, status_texts=STATUS_TEXTS, status_tones=STATUS_TONES,
        values=Typed(form.values() if form else {"component": "principal", "on": today}), refusal=refusal,
        seen=" / ".join(figure.fingerprint for figure in now.values()),
        errors=shown(refusal),
    )  # fmt: skip


@post("/cases/{case_id:uuid}/corrections", guards=[needs("corrections.make")])
async def enter(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Enter a new figure: less is posted at once, more waits for the agency."""
    case = await load_case(actor, case_id)
    form = await read_form(request)
    try:
        component = _component(form)
        wanted = Wanted(
            kind=form.text("kind"),
            component=component,
            after_minor=form.amount("claimed", case.currency),
            reason=form.text("reason", limit=1000),
            on=form.day("on"),
        )
        correction = await correct(
            actor, case_id, wanted, document_id=form.id("document"), shown=_shown(form, component)
        )
    except Refused as refusal:
        return await _page(request, actor, case_id, form, refusal)
    told = N_("The claim is corrected.") if correction.difference_minor < 0 else N_("Proposed. The agency answers.")
    return redirect(request, f"/cases/{case_id}/corrections", told)


def _component(form: Form) -> Component:
    try:
        return Component(form.text("component") or "principal")
    except ValueError:
        raise Refused(N_("Please choose."), field="component", code="missing") from None


def _shown(form: Form, component: Component) -> str:
    """The figure of a component as it stood on the page; nothing that could be right when it did not come along."""
    return dict(zip(Component, form.text("seen").split(" / "), strict=False)).get(component, "")


@post("/corrections/{correction_id:uuid}/decision", guards=[needs("corrections.decide")])
async def decide(request: PageRequest, actor: NamedDependency[Actor], correction_id: FromPath[UUID]) -> Response[Any]:
    """Accept a higher claim, or refuse it."""
    correction = await load_correction(actor, correction_id)
    form = await read_form(request)
    back = f"/cases/{correction.case_id}/corrections"
    try:
        if form.text("verdict") == "refuse":
            await refuse(actor, correction_id, form.text("answer", limit=1000))
            return redirect(request, back, N_("Refused. The client is told."))
        await accept(actor, correction_id)
    except Refused as refusal:
        return await _page(request, actor, correction.case_id, form, refusal, correction_id)
    return redirect(request, back, N_("Accepted: the claim is higher."), lock=True)


ROUTES = [show, enter, decide]

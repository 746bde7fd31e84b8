"""The page of what came of a case besides money: what is kept, what waits for the client, and a form for another."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.outcomes import words
from billing.outcomes.decide import decide, end
from billing.outcomes.effect import foresee
from billing.outcomes.record import record_outcome
from billing.outcomes.register import OutcomeFile, load_outcome, outcomes_of
from billing.outcomes.rules import Wanted
from billing.outcomes.words import RECOVERING, RESTING, Ground, Kind, Status
from billing.payments.split import Split
from cases.casework import CaseFile, load_case
from cases.clients import load_client
from cases.documents.evidence import documents_of
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.forms import Form, Typed, read_form
from portal.pages.rendering import render, wants_fragment
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.guards import needs
from portal.people.routes.browser import shown


@get("/cases/{case_id:uuid}/outcomes", guards=[needs("outcomes.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """What came of a case, and the form for another (``kind``) for those who may record one."""
    case = await load_case(actor, case_id)
    first = {"kind": request.query_params.get("kind", ""), "on": (await agency_day(actor)).isoformat()}
    return await _page(request, actor, case, Form(first))


@post("/cases/{case_id:uuid}/outcomes/check", guards=[needs("outcomes.read")])
async def check(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """What the outcome that is typed would do. Writes nothing."""
    case, form = await load_case(actor, case_id), await read_form(request)
    try:
        split = await foresee(actor, case, wanted_in(form, case.currency))
    except Refused as error:
        return await _page(request, actor, case, form, error=error)
    return await _page(request, actor, case, form, split=split, checked=True)


@post("/cases/{case_id:uuid}/outcomes", guards=[needs("outcomes.read")])
async def create(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Keep an outcome whose effect was shown."""
    case, form = await load_case(actor, case_id), await read_form(request)
    token = form.needed_id("token")
    try:
        outcome = await record_outcome(
            actor, case.id, wanted_in(form, case.currency), token, shown=form.text("shown") or None
        )
    except Refused as error:
        return await _page(request, actor, case, form, error=error)
    told = N_("Recorded. The client is asked to confirm it.") if outcome.status is Status.PROPOSED else N_("Recorded.")
    return redirect(request, f"/cases/{case.id}/outcomes", told)


@post("/outcomes/{outcome_id:uuid}/decision", guards=[needs("outcomes.confirm")])
async def say_yes_or_no(
    request: PageRequest, actor: NamedDependency[Actor], outcome_id: FromPath[UUID]
) -> Response[Any]:
    """Confirm for the client what the agency recorded, or say why not."""
    form, outcome = await read_form(request), await load_outcome(actor, outcome_id)
    confirmed = form.text("verdict") == "confirm"
    try:
        await decide(
            actor, outcome_id, confirmed=confirmed, answer=form.text("answer", limit=1000),
            shown=form.text("shown") or None,
        )  # fmt: skip
    except Refused as error:
        case = await load_case(actor, outcome.case_id)
        return await _page(request, actor, case, form, error=error, about=outcome_id)
    told = N_("Confirmed. Its value is off the claim.") if confirmed else N_("Not confirmed. The agency is told why.")
    return redirect(request, f"/cases/{outcome.case_id}/outcomes", told, lock=confirmed)


@post("/outcomes/{outcome_id:uuid}/end", guards=[needs("cases.work")])
async def finish(request: PageRequest, actor: NamedDependency[Actor], outcome_id: FromPath[UUID]) -> Response[Any]:
    """Withdraw what is proposed, release collateral, or end a rest."""
    form, outcome = await read_form(request), await load_outcome(actor, outcome_id)
    try:
        await end(actor, outcome_id, form.text("because", limit=1000))
    except Refused as error:
        case = await load_case(actor, outcome.case_id)
        return await _page(request, actor, case, form, error=error, about=outcome_id)
    return redirect(request, f"/cases/{outcome.case_id}/outcomes", N_("It has ended."))


def wanted_in(form: Form, currency: str) -> Wanted:
    """What somebody typed.

    Raises:
        Refused: a field cannot be read, with its name.
    """
    try:
        kind = Kind(form.text("kind"))
    except ValueError:
        raise Refused(N_("Please choose."), field="kind", code="missing") from None
    return Wanted(
        kind=kind,
        on=form.day("on"),
        value_minor=form.amount("value", currency),
        what=form.lines("what", limit=2000),
        agreed_with=form.text("agreed_with", limit=200),
        document_id=form.id("document"),
        until=form.day("until") if kind in RESTING else None,
        guarantor=form.text("guarantor", limit=200) if kind is Kind.EXTENSION else "",
        security=form.text("security") if kind is Kind.COLLATERAL else "",
        ranking=_ranking(form) if kind is Kind.COLLATERAL else None,
        ground=form.text("ground") if kind is Kind.STANDSTILL else "",
        interest_frozen=form.flag("interest_frozen") and kind in RESTING,
    )


def _ranking(form: Form) -> int | None:
    text = form.text("ranking")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise Refused(N_("A whole number from 1 to 99."), field="ranking", code="bad_number")
    return int(text)


def offered_kinds(actor: Actor) -> list[Kind]:
    """The kinds that the actor may record."""
    if actor.is_staff:
        return list(Kind) if actor.may("cases.work") else []
    return [kind for kind in Kind if kind in RECOVERING] if actor.may("outcomes.confirm") else []


async def _page(
    request: PageRequest,
    actor: Actor,
    case: CaseFile,
    form: Form,
    *,
    split: Split | None = None,
    checked: bool = False,
    error: Refused | None = None,
    about: UUID | None = None,
) -> Response[Any]:
    # While somebody is still typing, a field that is empty is no mistake yet.
    asked = wants_fragment(request)
    told = None if asked and error is not None and error.code == "missing" else error
    kinds = offered_kinds(actor) if case.is_open else []
    kind = form.text("kind") if form.text("kind") in kinds else ""
    kept = await outcomes_of(actor, case)
    proposed, stale = await _proposed(actor, case, kept)
    return render(
        request, "billing/outcomes/case.html", block="effect", status=422 if told else 200,
        case=case, client=await load_client(actor, case.client_id), outcomes=kept, today=await agency_day(actor),
        proposed=proposed, stale=stale, about=about, kinds=kinds, kind=kind, split=split, checked=checked,
        documents=await documents_of(actor, case) if actor.may("documents.read") else [],
        values=Typed(form.values()), errors=shown(told), refusal=told, token=form.text("token") or new_id(),
        by_law=form.text("ground") in (Ground.COURT, Ground.INSOLVENCY), words=words,
        recovering=RECOVERING, resting=RESTING, may_lead=actor.may("plans.approve"),
    )  # fmt: skip


async def _proposed(actor: Actor, case: CaseFile, kept: list[OutcomeFile]) -> tuple[Split | None, Refused | None]:
    """What the proposal that waits would do now, for those whose word it needs; or why it can do nothing any more."""
    waiting = next((outcome for outcome in kept if outcome.status is Status.PROPOSED), None)
    if waiting is None or not actor.may("outcomes.confirm"):
        return None, None
    again = Wanted(
        kind=waiting.kind, on=waiting.on, value_minor=waiting.value_minor, what=waiting.what,
        agreed_with=waiting.agreed_with, document_id=waiting.document_id,
    )  # fmt: skip
    try:
        return await foresee(actor, case, again), None
    except Refused as error:
        return None, error


ROUTES = [show, check, create, say_yes_or_no, finish]

"""The page of what is given up of a claim: what was, what waits for a word, and a form to propose it."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.plans.authority import Check
from billing.plans.wording import check_text
from billing.write_offs import words
from billing.write_offs.decide import decide, foresee_again, may_decide
from billing.write_offs.effect import Effect, foresee, may_give_up
from billing.write_offs.propose import propose, withdraw
from billing.write_offs.register import WriteOffFile, load_write_off, write_offs_of
from billing.write_offs.rules import Wanted
from billing.write_offs.undo import undo, undoable
from billing.write_offs.words import How, Status
from cases.casework import CLOSE_CODES, CaseFile, load_case
from cases.clients import load_client
from cases.write_offs import REASON_TEXTS, Reason
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.forms import Form, Typed, read_form
from portal.pages.rendering import render, wants_fragment
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.behalf import with_the_agencys_eyes
from portal.people.guards import needs
from portal.people.routes.browser import shown


@get("/cases/{case_id:uuid}/write-offs", guards=[needs("write_offs.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """What was given up of a claim, what waits, and the form for another (``how``) for those who may propose one."""
    case = await load_case(actor, case_id)
    return await _page(request, actor, case, Form({"how": request.query_params.get("how", How.ALL)}))


@post("/cases/{case_id:uuid}/write-offs/check", guards=[needs("write_offs.propose")])
async def check(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """What the write-off that is typed would do. Writes nothing."""
    case, form = await load_case(actor, case_id), await read_form(request)
    try:
        effect = await foresee(actor, case, wanted_in(form, case.currency))
    except Refused as error:
        return await _page(request, actor, case, form, error=error)
    return await _page(request, actor, case, form, effect=effect)


@post("/cases/{case_id:uuid}/write-offs", guards=[needs("write_offs.propose")])
async def create(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Propose a write-off whose effect was shown."""
    case, form = await load_case(actor, case_id), await read_form(request)
    token = form.needed_id("token")
    try:
        await propose(actor, case.id, wanted_in(form, case.currency), token, shown=form.text("shown") or None)
    except Refused as error:
        return await _page(request, actor, case, form, error=error)
    return redirect(request, f"/cases/{case.id}/write-offs", N_("Proposed. Nothing is booked until it is approved."))


@post("/write-offs/{write_off_id:uuid}/decision", guards=[needs("write_offs.read")])
async def say_yes_or_no(
    request: PageRequest, actor: NamedDependency[Actor], write_off_id: FromPath[UUID]
) -> Response[Any]:
    """Approve a write-off, or decline it."""
    form, write_off = await read_form(request), await load_write_off(actor, write_off_id)
    approved = form.text("verdict") == "approve"
    try:
        await decide(
            actor, write_off_id, approved=approved, answer=form.text("answer", limit=1000),
            shown=form.text("shown") or None,
        )  # fmt: skip
    except Refused as error:
        case = await load_case(actor, write_off.case_id)
        return await _page(request, actor, case, form, error=error, about=write_off_id)
    told = N_("Approved. It is off the claim.") if approved else N_("Declined.")
    return redirect(request, f"/cases/{write_off.case_id}/write-offs", told, lock=approved)


@post("/write-offs/{write_off_id:uuid}/withdrawal", guards=[needs("write_offs.propose")])
async def take_back(request: PageRequest, actor: NamedDependency[Actor], write_off_id: FromPath[UUID]) -> Response[Any]:
    """Withdraw a proposal."""
    write_off = await load_write_off(actor, write_off_id)
    try:
        await withdraw(actor, write_off_id)
    except Refused as error:
        case = await load_case(actor, write_off.case_id)
        return await _page(request, actor, case, Form({}), error=error, about=write_off_id)
    return redirect(request, f"/cases/{write_off.case_id}/write-offs", N_("Withdrawn. The claim is what it was."))


@post("/write-offs/{write_off_id:uuid}/undoing", guards=[needs("write_offs.approve")])
async def owe_again(request: PageRequest, actor: NamedDependency[Actor], write_off_id: FromPath[UUID]) -> Response[Any]:
    """Have the debtor owe again what was written off."""
    form, write_off = await read_form(request), await load_write_off(actor, write_off_id)
    try:
        await undo(actor, write_off_id, form.text("because", limit=1000))
    except Refused as error:
        case = await load_case(actor, write_off.case_id)
        return await _page(request, actor, case, form, error=error, about=write_off_id)
    return redirect(request, f"/cases/{write_off.case_id}/write-offs", N_("Undone. The debtor owes it again."))


def wanted_in(form: Form, currency: str) -> Wanted:
    """What somebody typed.

    Raises:
        Refused: a field cannot be read, with its name.
    """
    how, reason = _how(form), form.text("reason")
    part, named = how is How.PART, how is How.NAMED
    return Wanted(
        how=how,
        reason=Reason(reason) if reason in set(Reason) else None,
        note=form.lines("note", limit=1000),
        amount_minor=form.amount("amount", currency) if part else None,
        named=(
            form.amount("principal", currency) if named else None,
            form.amount("interest", currency) if named else None,
            form.amount("costs", currency) if named else None,
        ),
    )


def _how(form: Form) -> How:
    return How(form.text("how")) if form.text("how") in set(How) else How.ALL


async def _page(
    request: PageRequest,
    actor: Actor,
    case: CaseFile,
    form: Form,
    *,
    effect: Effect | None = None,
    error: Refused | None = None,
    about: UUID | None = None,
) -> Response[Any]:
    # While somebody is still typing, a field that is empty is no mistake yet.
    told = None if wants_fragment(request) and error is not None and error.code == "missing" else error
    kept = await write_offs_of(actor, case)
    waiting = next((one for one in kept if one.status is Status.PROPOSED), None)
    foreseen, stale = await _foreseen(actor, case, waiting)
    return render(
        request, "billing/write_offs/case.html", block="effect", status=422 if told else 200,
        case=case, client=await load_client(actor, case.client_id), write_offs=kept, waiting=waiting, about=about,
        foreseen=foreseen, stale=stale, may_decide=waiting is not None and may_decide(actor, waiting), hindrance=await _hindrance(actor, case) if actor.may("write_offs.propose") else None,
        undoable=await undoable(actor, case, kept) if actor.may("write_offs.approve") else [],
        how=_how(form), effect=effect, values=Typed(form.values()), errors=shown(told), refusal=told,
        token=form.text("token") or new_id(), words=words, reasons=REASON_TEXTS, close_codes=CLOSE_CODES,
        checks=[Check.from_facts(facts) for facts in waiting.checks] if waiting and actor.is_staff else [], check_text=check_text,
    )  # fmt: skip


async def _foreseen(actor: Actor, case: CaseFile, waiting: WriteOffFile | None) -> tuple[Effect | None, Refused | None]:
    """What the proposal that waits would do now; or why it can do nothing any more."""
    if waiting is None:
        return None, None
    try:
        async with with_the_agencys_eyes(actor) as portal:
            return await foresee_again(portal, case, waiting), None
    except Refused as error:
        return None, error


async def _hindrance(actor: Actor, case: CaseFile) -> Refused | None:
    """Why nothing can be proposed on this case now."""
    try:
        await may_give_up(actor, case)
    except Refused as error:
        return error
    return None


ROUTES = [show, check, create, say_yes_or_no, take_back, owe_again]

"""The case page, and what is done on it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.acceptance.conflicts import conflict_of
from cases.casework import ACTION_TEXTS, CLOSE_CODES, Next, NextAction, load_case, set_next
from cases.contact.guard import shown
from cases.contact.log import (
    ASSESSMENTS,
    OUTCOME_TEXTS,
    PURPOSE_TEXTS,
    REASONS_GIVEN,
    CallReport,
    ContactRefused,
    log_call,
)
from cases.contact.question import Direction, Outcome, Purpose
from cases.disputes import REASONS as DISPUTE_REASONS
from cases.disputes import answer, dispute
from cases.pauses import HOLD_REASONS, NEVER_CHOSEN, REST_REASONS, close, hold, note, resume
from cases.promises.make import promise
from cases.queues.claim import claim_next
from cases.situation import refresh
from cases.workbench.client_view import show_to_client
from cases.workbench.desk import CREDIT_TEXTS, ask, lay_out
from cases.workbench.timeline import TOPICS, by_day, place_before, timeline, topic_counts
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.pages.forms import Form, read_form
from portal.pages.links import id_in, narrowed
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import redirect
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.tenancy.request import outlive

ACTS = ("call", "promise", "dispute", "wait", "note", "close")


@get("/cases/{case_id:uuid}", guards=[needs("cases.read")])
async def show(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], case_id: FromPath[UUID]
) -> Response[Any]:
    """The workbench for the agency's people; its own view for the client."""
    if not actor.is_staff:
        return await show_to_client(request, actor, case_id)
    return await _page(request, actor, case_id, request.query_params.get("act", "call"))


async def _page(
    request: Request[Any, Any, Any],
    actor: Actor,
    case_id: UUID,
    act: str,
    *,
    form: Form | None = None,
    refusal: Refused | None = None,
) -> Response[Any]:
    desk = await lay_out(actor, case_id)
    query = request.query_params
    point_id = form.id("point") if form else id_in(query.get("point"))
    direction = _direction(form.text("direction") if form else query.get("direction", ""))
    purpose = _purpose(form.text("purpose") if form else query.get("purpose", ""))
    decision, chosen = await ask(actor, desk, point_id, direction, purpose)
    topic = query.get("topic", "")
    entries, more = await timeline(actor, desk.case, topic, place_before(query.get("before")))
    part = query.get("part")
    return render(
        request,
        "cases/acts/call.html" if part == "guard" else "cases/case.html",
        block=part if part in ("guard", "entries") else None,
        status=422 if refusal else 200,
        desk=desk,
        case=desk.case,
        conflict=await conflict_of(actor, desk.case),
        act=act if act in ACTS else "call",
        guard=shown(decision, actor.time_zone),
        verdict=decision.verdict.value,
        chosen=chosen,
        direction=direction.value,
        purpose=purpose.value,
        purposes=PURPOSE_TEXTS,
        days=by_day(entries, actor.time_zone),
        more=f"{entries[-1].at.isoformat()}_{entries[-1].id}" if more else None,
        topic=topic,
        topics=TOPICS,
        topic_counts=await topic_counts(actor, desk.case),
        link=narrowed(request, forget=("before", "part")),
        values=form.values() if form else {},
        errors={refusal.field: refusal} if refusal and refusal.field else {},
        refusal=refusal,
        outcomes=OUTCOME_TEXTS,
        reasons=REASONS_GIVEN,
        assessments=ASSESSMENTS,
        actions=ACTION_TEXTS,
        dispute_reasons=DISPUTE_REASONS,
        credit_texts=CREDIT_TEXTS,
        hold_reasons=HOLD_REASONS,
        rest_reasons=REST_REASONS,
        close_codes={code: text for code, (_, text) in CLOSE_CODES.items() if code not in NEVER_CHOSEN},
        suggestion=_suggestion(desk.now, actor),
        quick=_quick(desk.now, actor),
    )


def _direction(text: str) -> Direction:
    """Who called whom; out where nothing is said."""
    try:
        return Direction(text or "out")
    except ValueError:
        raise NotFound from None


def _suggestion(now: datetime, actor: Actor) -> str:
    """Tomorrow at ten, or on Monday: a next action is always filled in."""
    return _quick(now, actor)[0][0]


def _quick(now: datetime, actor: Actor) -> list[tuple[str, str]]:
    """Dates one may want, as values of the field and their names."""
    local = now.astimezone(ZoneInfo(actor.time_zone)).replace(hour=10, minute=0, second=0, microsecond=0, tzinfo=None)

    def working(days: int) -> str:
        day = local + timedelta(days=days)
        while day.weekday() > 4:
            day += timedelta(days=1)
        return day.isoformat(timespec="minutes")

    return [(working(1), N_("Tomorrow")), (working(3), N_("In 3 days")), (working(7), N_("In a week"))]


def _next(form: Form, actor: Actor) -> Next:
    """What comes next, from the strip that every act of the workbench ends with."""
    action = form.text("next_action", required=True)
    at = form.moment("next_at", actor.time_zone)
    if action not in set(NextAction):
        raise Refused(N_("Please choose."), field="next_action", code="missing")
    if at is None:
        raise Refused(N_("Please fill this in."), field="next_at", code="missing")
    if at < clock.now() - timedelta(minutes=5):
        raise Refused(N_("This moment is past."), field="next_at", code="past")
    who = form.text("next_who")
    kind, _, name = who.partition(":")
    chosen = id_in(name) if name else None
    return Next(
        NextAction(action),
        at,
        user_id=actor.user_id if who in ("", "me") else chosen if kind == "user" else None,
        queue_id=chosen if kind == "queue" else None,
        reason="set_by_person",
    )


async def _done(request: Request[Any, Any, Any], actor: Actor, case_id: UUID, form: Form, told: str) -> Response[Any]:
    """After saving: the next case, or the same one."""
    if form.text("then") == "next":
        following = await claim_next(actor, after=case_id)
        return redirect(request, f"/cases/{following}" if following else "/queue", told)
    return redirect(request, f"/cases/{case_id}", told)


def _purpose(text: str) -> Purpose:
    """What a call is for; to collect where nothing is said."""
    try:
        return Purpose(text or Purpose.COLLECTION)
    except ValueError:
        raise NotFound from None


@post("/cases/{case_id:uuid}/calls", guards=[needs("cases.work")])
async def call(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], case_id: FromPath[UUID]
) -> Response[Any]:
    """Log a call: the guard answers once more, and the next action is set."""
    form = await read_form(request)
    try:
        case = await load_case(actor, case_id)
        await log_call(actor, case_id, _report(form, case.currency), _next(form, actor))
    except ContactRefused as refusal:
        verdict, rules = refusal.decision.verdict.value, [finding.rule_id for finding in refusal.decision.hits]

        async def remember() -> None:
            await record(actor, "call.refused", "case", case_id, facts={"verdict": verdict, "rules_against": rules})

        outlive(request.scope, remember)
        return await _page(request, actor, case_id, "call", form=form, refusal=refusal)
    except Refused as refusal:
        return await _page(request, actor, case_id, "call", form=form, refusal=refusal)
    return await _done(request, actor, case_id, form, N_("Call logged."))


def _report(form: Form, currency: str) -> CallReport:
    outcome = form.text("outcome")
    if outcome not in OUTCOME_TEXTS:
        raise Refused(N_("How did the call end?"), field="outcome", code="missing")
    amount, due_on = None, None
    if form.flag("promised"):
        amount, due_on = form.amount("promise_amount", currency), form.day("promise_on")
        if amount is None or due_on is None:
            field = "promise_amount" if amount is None else "promise_on"
            raise Refused(N_("Please fill this in."), field=field, code="missing")
    return CallReport(
        outcome=Outcome(outcome),
        point_id=form.id("point"),
        direction=_direction(form.text("direction")),
        purpose=_purpose(form.text("purpose")),
        note=form.text("note", limit=4000),
        reason_given=form.text("reason_given"),
        assessment=form.text("assessment"),
        override_reason=form.text("override_reason"),
        promise_minor=amount,
        promise_on=due_on,
    )


@post("/cases/{case_id:uuid}/promises", guards=[needs("cases.work")])
async def make_promise(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], case_id: FromPath[UUID]
) -> Response[Any]:
    """Record a promise that came by other ways than a call."""
    form = await read_form(request)
    try:
        case = await load_case(actor, case_id)
        amount, due_on = form.amount("promise_amount", case.currency), form.day("promise_on")
        if amount is None or due_on is None:
            field = "promise_amount" if amount is None else "promise_on"
            raise Refused(N_("Please fill this in."), field=field, code="missing")
        following = _next(form, actor)
        await promise(actor, case_id, amount, due_on, promised_by=form.text("promised_by"))
        await _follow(actor, case_id, following)
    except Refused as refusal:
        return await _page(request, actor, case_id, "promise", form=form, refusal=refusal)
    return await _done(request, actor, case_id, form, N_("Promise recorded."))


async def _follow(actor: Actor, case_id: UUID, following: Next) -> None:
    await set_next(actor, await load_case(actor, case_id, lock=True), following)
    await refresh(actor, case_id)


@post("/cases/{case_id:uuid}/disputes", guards=[needs("cases.work")])
async def open_dispute(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], case_id: FromPath[UUID]
) -> Response[Any]:
    """Record that the debtor disputes the claim, or a part of it."""
    form = await read_form(request)
    try:
        case = await load_case(actor, case_id)
        amount = form.amount("amount", case.currency)
        await dispute(
            actor,
            case_id,
            form.text("reason"),
            amount_minor=amount,
            note=form.text("note"),
            invoice_id=form.id("invoice"),
        )
    except Refused as refusal:
        return await _page(request, actor, case_id, "dispute", form=form, refusal=refusal)
    return await _done(
        request, actor, case_id, form, N_("Dispute recorded. Collection of this part waits for an answer.")
    )


@post("/disputes/{dispute_id:uuid}/answer", guards=[needs("cases.work")])
async def answer_dispute(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], dispute_id: FromPath[UUID]
) -> Response[Any]:
    """Answer a dispute, which lets contact go on."""
    form = await read_form(request)
    following = Next(NextAction.CALL, clock.now() + timedelta(hours=1), actor.user_id, reason="dispute_answered")
    case_id = await answer(actor, dispute_id, form.text("answer", limit=4000), following)
    return redirect(request, f"/cases/{case_id}", N_("Dispute answered."))


@post("/cases/{case_id:uuid}/hold", guards=[needs("cases.work")])
async def put_on_hold(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], case_id: FromPath[UUID]
) -> Response[Any]:
    """Leave the case alone for a while; or, when it is held, take it up again."""
    form = await read_form(request)
    try:
        if form.flag("resume"):
            await resume(actor, case_id)
            return redirect(request, f"/cases/{case_id}", N_("The hold has ended."))
        until = form.day("until")
        if until is None:
            raise Refused(N_("Please fill this in."), field="until", code="missing")
        await hold(actor, case_id, until, form.text("reason"))
    except Refused as refusal:
        return await _page(request, actor, case_id, "wait", form=form, refusal=refusal)
    return await _done(request, actor, case_id, form, N_("Case on hold."))


@post("/cases/{case_id:uuid}/notes", guards=[needs("cases.work")])
async def write_note(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], case_id: FromPath[UUID]
) -> Response[Any]:
    """Write a note on the timeline."""
    form = await read_form(request)
    try:
        await note(actor, case_id, form.text("note", limit=4000), client_sees=form.flag("client_sees"))
    except Refused as refusal:
        return await _page(request, actor, case_id, "note", form=form, refusal=refusal)
    return redirect(request, f"/cases/{case_id}", N_("Note written."))


@post("/cases/{case_id:uuid}/closure", guards=[needs("cases.work")])
async def close_case(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], case_id: FromPath[UUID]
) -> Response[Any]:
    """Close a case that will not be paid."""
    form = await read_form(request)
    try:
        await close(actor, case_id, form.text("close_code"))
    except Refused as refusal:
        return await _page(request, actor, case_id, "close", form=form, refusal=refusal)
    return await _done(request, actor, case_id, form, N_("Case closed."))


ROUTES = [show, call, make_promise, open_dispute, answer_dispute, put_on_hold, write_note, close_case]

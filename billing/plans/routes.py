"""Pages of agreements to pay: the builder with its live preview, one agreement and its life, and the lists."""

from typing import Any, Final
from uuid import UUID

import asyncpg
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.cards import autopay
from billing.cards.methods import withdraw
from billing.plans import written
from billing.plans.agree import HOW, RECORDED, agree, give_up
from billing.plans.authority import Check, Rung
from billing.plans.chart import steps
from billing.plans.collected import WAITS, collected_of
from billing.plans.decide import decide, may_decide
from billing.plans.form import first_texts, texts_of_plan, wish_in
from billing.plans.listing import GROUP_TEXTS, GROUPS, list_plans
from billing.plans.offer import Draft, offer, save
from billing.plans.sketch import Sketch, sketch
from billing.plans.wording import (
    DAY_OFF_TEXTS,
    ENDED_TEXTS,
    NEEDED_TEXTS,
    RHYTHM_TEXTS,
    RUNG_TEXTS,
    RUNG_TONES,
    STATUS_TEXTS,
    STATUS_TONES,
    check_text,
    line_note,
)
from billing.write_offs.register import FIRST, count_waiting, waiting_write_offs
from billing.write_offs.words import WHOSE_TEXTS
from cases.casework import CaseFile, load_case
from cases.clients import load_client
from cases.documents.evidence import documents_of
from cases.interest.post import as_if_posted
from cases.plans.follow import standing_of
from cases.plans.register import PlanFile, decisions_on, lines_of, load_plan, plans_of
from cases.plans.tables import PlanStatus
from cases.workbench.card_failures import failure_in_house
from cases.write_offs import REASON_TEXTS
from portal.errors import NotFound, Refused
from portal.pages.forms import Form, Typed, read_form
from portal.pages.links import id_in, narrowed
from portal.pages.rendering import render, wants_fragment
from portal.pages.text import LANGUAGES, N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.behalf import with_the_agencys_eyes
from portal.people.guards import needs
from portal.people.routes.browser import shown
from portal.storage.store import attachment

JOBS = (autopay, written)
"""Imported so that a worker knows their jobs."""
MOST_DOCUMENTS: Final = 30


# Drawing one up


@get("/cases/{case_id:uuid}/plan", guards=[needs("cases.work")])
async def build(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """The builder: empty, with a draft to go on with (``draft``), or with an agreement to make another like it (``like``)."""
    case = await load_case(actor, case_id)
    query = request.query_params
    today = await agency_day(actor)
    kept = await _kept(actor, case, id_in(query.get("draft")) or id_in(query.get("like")))
    if kept is None:
        language = "zh-Hans" if case.debtor_country == "CN" else "en"
        owing = await as_if_posted(actor, case, today)
        texts = first_texts(owing, today, language, settlement=query.get("kind") == "settlement")
    elif kept.status is PlanStatus.DRAFT:
        texts = {**texts_of_plan(kept), "draft": str(kept.id), "saved": str(kept.saved)}
    else:
        texts = texts_of_plan(kept, from_day=today)
    return await _builder(request, actor, case, Form(texts))


async def _kept(actor: Actor, case: CaseFile, plan_id: UUID | None) -> PlanFile | None:
    if plan_id is None:
        return None
    plan = await load_plan(actor, plan_id)
    if plan.case_id != case.id:
        raise NotFound
    return plan


@post("/cases/{case_id:uuid}/plan/preview", guards=[needs("cases.work")])
async def preview(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """The payments, fee and authority of what is typed. Writes nothing."""
    return await _builder(request, actor, await load_case(actor, case_id), await read_form(request))


@post("/cases/{case_id:uuid}/plan", guards=[needs("cases.work")])
async def make(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Keep what is typed as a draft, or offer it."""
    form = await read_form(request)
    case = await load_case(actor, case_id)
    try:
        wish, draft = wish_in(form, case.currency), _draft(form)
        if form.flag("offer_now"):
            plan_id = await offer(actor, case.id, wish, draft, shown=form.text("shown") or None)
            text = N_("Offered. It stands on the case, and somebody follows it up.")
        else:
            plan_id = await save(actor, case.id, wish, draft)
            text = N_("Kept as a draft, for your house alone.")
    except Refused as refusal:
        return await _builder(request, actor, case, form, refusal)
    return redirect(request, f"/plans/{plan_id}", text)


def _draft(form: Form) -> Draft | None:
    plan_id = form.id("draft")
    return Draft(plan_id, form.whole("saved", -1)) if plan_id else None


async def _builder(
    request: PageRequest, actor: Actor, case: CaseFile, form: Form, refusal: Refused | None = None
) -> Response[Any]:
    drawn: Sketch | None = None
    asked = wants_fragment(request)
    try:
        drawn = await sketch(actor, case, wish_in(form, case.currency), others=True)
    except Refused as error:
        # While somebody is still typing, a field that is empty is no mistake yet.
        refusal = refusal or (None if asked and error.code == "missing" else error)
    terms = drawn.schedule.terms if drawn else None
    return render(
        request, "billing/plans/build.html", block="preview", status=422 if refusal else 200,
        case=case, client=await load_client(actor, case.client_id), drawn=drawn, values=Typed(form.values()),
        errors=shown(refusal), refusal=refusal, rhythms=RHYTHM_TEXTS, day_offs=DAY_OFF_TEXTS, languages=LANGUAGES,
        notes=[
            line_note(line.position, line.nominal_on, line.due_on, terms.anchor, terms.country)
            for line in drawn.schedule.lines
        ] if drawn and terms else [],
        steps=steps(drawn.schedule) if drawn else [], check_text=check_text, needed=NEEDED_TEXTS, rung_tones=RUNG_TONES, rungs=Rung, rung_texts=RUNG_TEXTS,
        today=await agency_day(actor),
    )  # fmt: skip


# One agreement


@get("/plans/{plan_id:uuid}", guards=[needs("plans.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], plan_id: FromPath[UUID]) -> Response[Any]:
    """An agreement: what it says, what came of it, and what may be done with it."""
    return await _page(request, actor, plan_id)


async def _page(
    request: PageRequest, actor: Actor, plan_id: UUID, form: Form | None = None, refusal: Refused | None = None
) -> Response[Any]:
    plan = await load_plan(actor, plan_id)
    case = await load_case(actor, plan.case_id)
    lines, today = await lines_of(actor, plan.id), await agency_day(actor)
    standing = None
    if plan.starts_on is not None and lines:
        async with with_the_agencys_eyes(actor) as portal:  # the ledger is no client's to read
            standing = await standing_of(portal, plan, lines, today)
    papers = await documents_of(actor, case) if plan.status is PlanStatus.APPROVED and actor.may("cases.work") else []
    collected = await collected_of(actor, case, plan) if actor.is_staff else None
    return render(
        request, "billing/plans/show.html", status=422 if refusal else 200, collected=collected, waits=WAITS,
        failure_text=failure_in_house, plan=plan, case=case, client=await load_client(actor, case.client_id), lines=lines,
        notes=[
            line_note(line.position, line.nominal_on, line.due_on, plan.anchor_day or plan.first_on.day, plan.country)
            for line in lines
        ],
        standing=standing,
        checks=[Check.from_facts(facts) for facts in plan.checks] if actor.is_staff else [],
        decisions=await decisions_on(actor, plan.id), versions=await plans_of(actor, case), today=today,
        may_decide=may_decide(actor, plan), may_agree=plan.status is PlanStatus.APPROVED and actor.may("cases.work"),
        may_give_up=_may_give_up(actor, plan), how={code: HOW[code] for code in RECORDED}, documents=papers[:MOST_DOCUMENTS],
        values=Typed(form.values() if form else {}), errors=shown(refusal), refusal=refusal,
        status_texts=STATUS_TEXTS, status_tones=STATUS_TONES, ended_texts=ENDED_TEXTS, rung_texts=RUNG_TEXTS,
        rung_tones=RUNG_TONES, check_text=check_text, languages=LANGUAGES,
    )  # fmt: skip


def _may_give_up(actor: Actor, plan: PlanFile) -> bool:
    return actor.may("cases.work") and (plan.is_before or (plan.is_running and actor.may("plans.approve")))


@post("/plans/{plan_id:uuid}/decision", guards=[needs("plans.read")])
async def say_yes_or_no(request: PageRequest, actor: NamedDependency[Actor], plan_id: FromPath[UUID]) -> Response[Any]:
    """Approve an offer, or decline it."""
    form = await read_form(request)
    approved = form.text("verdict") == "approve"
    try:
        await decide(actor, plan_id, approved=approved, reason=form.text("reason", limit=2000))
    except Refused as refusal:
        return await _page(request, actor, plan_id, form, refusal)
    text = N_("Approved. The agreement is written down and goes to the debtor.") if approved else N_("Declined.")
    return redirect(request, f"/plans/{plan_id}", text)


@post("/plans/{plan_id:uuid}/acceptance", guards=[needs("cases.work")])
async def record_agreement(
    request: PageRequest, actor: NamedDependency[Actor], plan_id: FromPath[UUID]
) -> Response[Any]:
    """Record that the debtor agreed."""
    form = await read_form(request)
    try:
        await agree(
            actor, plan_id, form.text("how"), form.text("name", limit=200), form.id("document"), form.id("guarantee")
        )
    except Refused as refusal:
        return await _page(request, actor, plan_id, form, refusal)
    return redirect(request, f"/plans/{plan_id}", N_("Agreed. From now on its payments are expected."))


@post("/plans/{plan_id:uuid}/autopay/end", guards=[needs("cases.work")])
async def end_autopay(request: PageRequest, actor: NamedDependency[Actor], plan_id: FromPath[UUID]) -> Response[Any]:
    """Collect no more payments: the debtor has said so."""
    plan = await load_plan(actor, plan_id)
    await withdraw(actor, plan.case_id)
    return redirect(request, f"/plans/{plan_id}", N_("Nothing is collected any more."))


@post("/plans/{plan_id:uuid}/end", guards=[needs("cases.work")])
async def end(request: PageRequest, actor: NamedDependency[Actor], plan_id: FromPath[UUID]) -> Response[Any]:
    """Withdraw an offer, throw a draft away, or end what runs."""
    form = await read_form(request)
    try:
        plan = await give_up(actor, plan_id, form.text("reason", limit=2000))
    except Refused as refusal:
        return await _page(request, actor, plan_id, form, refusal)
    return redirect(request, f"/cases/{plan.case_id}", N_("It has ended. The whole balance is what it was."))


@get("/plans/{plan_id:uuid}/agreement.pdf", guards=[needs("plans.read")])
async def document(actor: NamedDependency[Actor], plan_id: FromPath[UUID]) -> Response[bytes]:
    """The agreement as it is, or would be, written down."""
    plan = await load_plan(actor, plan_id)
    case = await load_case(actor, plan.case_id)
    content = await written.as_pdf(actor, case, plan)
    name = attachment(f"{case.number}-agreement-{plan.version}.pdf")
    return Response(content, media_type="application/pdf", headers={"content-disposition": name})


# Lists


@get("/plans", guards=[needs("plans.read")])
async def index(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The agreements of a kind, what changed last first: those that wait for a word, run, or have ended."""
    group = request.query_params.get("show", "")
    group = group if group in GROUPS else "waiting" if actor.may("plans.approve") or actor.client_id else "running"
    plans, following, counts = await list_plans(actor, group, request.query_params.get("after"))
    counts["waiting"] += await count_waiting(actor) if actor.may("write_offs.read") else 0
    write_offs, more = await _write_offs(request, actor) if group == "waiting" else ([], False)
    return render(
        request, "billing/plans/list.html", block="rows",
        plans=plans, following=following, counts=counts, group=group, groups=GROUP_TEXTS, link=narrowed(request),
        write_offs=write_offs, more_write_offs=more, reasons=REASON_TEXTS, whose_texts=WHOSE_TEXTS,
        status_texts=STATUS_TEXTS, status_tones=STATUS_TONES, ended_texts=ENDED_TEXTS, rung_texts=RUNG_TEXTS,
        today=await agency_day(actor),
    )  # fmt: skip


async def _write_offs(request: PageRequest, actor: Actor) -> tuple[list[asyncpg.Record], bool]:
    """What is proposed to be given up and waits for a word as well; of what waits, the page is one place."""
    if not actor.may("write_offs.read"):
        return [], False
    return await waiting_write_offs(actor, id_in(request.query_params.get("write_offs_after")) or FIRST)


ROUTES = [build, preview, make, show, say_yes_or_no, record_agreement, end_autopay, end, document, index]

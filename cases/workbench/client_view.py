"""What a client sees of one of its cases: never the agency's own record of the debtor, nor what staff write for staff."""

from datetime import date, datetime
from json import loads
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
from litestar import Request, Response

from cases.acceptance.requirements import lacking_of
from cases.acceptance.wording import lacking
from cases.casework import CLOSE_CODES, CaseFile, NextAction, load_case
from cases.disputes import REASONS as DISPUTE_REASONS
from cases.interest.accrue import accrued
from cases.invoices.register import standing_of
from cases.recall.register import latest_recall
from cases.workbench.desk import CREDIT_TEXTS, CREDITS, DISPUTES, PROMISE
from cases.workbench.timeline import LATEST, LIST, PAGE, Entry, by_day, place_before
from cases.workbench.words import WORDS
from portal import clock
from portal.errors import Refused
from portal.pages.forms import Form, Typed
from portal.pages.links import narrowed
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql

STEPS = {
    NextAction.FIRST_CALL: N_("We call the debtor for the first time"),
    NextAction.CALL: N_("We call the debtor"),
    NextAction.CALL_BACK: N_("We call the debtor back, as agreed"),
    NextAction.CHECK_PROMISE: N_("We check whether the promise was kept"),
    NextAction.CALL_ABOUT_PROMISE: N_("We call about the promise"),
    NextAction.SEND_LETTER: N_("We send a letter"),
    NextAction.SEND_EMAIL: N_("We send an e-mail"),
    NextAction.ANSWER_DISPUTE: N_("The dispute is answered"),
    NextAction.GET_DOCUMENTS: N_("You: send the missing documents"),
    NextAction.ASK_CLIENT: N_("You: answer our question"),
    NextAction.OFFER_PLAN: N_("We offer payment in instalments"),
    NextAction.FOLLOW_OFFER: N_("We follow up our offer"),
    NextAction.CHECK_PLAN: N_("A payment of the plan is due"),
    NextAction.CALL_ABOUT_PLAN: N_("We ask why the plan is not kept"),
    NextAction.LEGAL_CHECK: N_("We check whether legal action is worth it"),
    NextAction.REVIEW: N_("We review the case"),
    NextAction.CLOSE: N_("We close the case"),
}
"""The next step of a case in the client's words."""

YOURS = frozenset({NextAction.GET_DOCUMENTS, NextAction.ASK_CLIENT})
"""The next steps that are the client's own."""

PROMISES = {
    "open": N_("still open"),
    "kept": N_("kept"),
    "partly_kept": N_("partly kept"),
    "broken": N_("broken"),
}


def next_step(action: str | None) -> str:
    """The msgid of a case's next step as the client reads it; empty when nothing follows."""
    return STEPS[NextAction(action)] if action else ""


def step_of(case: CaseFile) -> str:
    """The msgid of what comes next on a case: while its client asks it back, nothing but an answer to that."""
    if case.is_open and case.recall_asked_on is not None:
        return N_("We answer your recall")
    return next_step(case.next_action)


async def show_to_client(
    request: Request[Any, Any, Any],
    actor: Actor,
    case_id: UUID,
    form: Form | None = None,
    refusal: Refused | None = None,
) -> Response[Any]:
    """The page of one case for people of its client; with an answer of theirs that was refused, and why.

    Raises:
        NotFound: it never existed, or it is another client's.
    """
    case = await load_case(actor, case_id)
    before = request.query_params.get("before")
    entries, more = await entries_for_client(actor, case, place_before(before))
    promise = await sql(PROMISE, actor.agency_id, case.id)
    today = _today(actor)
    recall = await latest_recall(actor, case)
    return render(
        request,
        "cases/client_case.html",
        block="entries",
        status=422 if refusal else 200,
        case=case,
        lacks=await lacking_of(actor, case),
        lacking=lacking,
        values=Typed(form.values() if form else {}),
        refusal=refusal,
        days=case.days_past_due(today),
        today=today,
        step=step_of(case),
        step_by=recall.final_on if recall is not None and case.recall_asked_on is not None else case.next_action_at,
        yours=case.next_action in YOURS and case.recall_asked_on is None,
        standing=await standing_of(actor, case),
        credits=await sql(CREDITS, actor.agency_id, case.id),
        credit_texts=CREDIT_TEXTS,
        disputes=await sql(DISPUTES, actor.agency_id, case.id),
        dispute_reasons=DISPUTE_REASONS,
        promise=promise[0] if promise else None,
        accrual=await accrued(actor, case, await agency_day(actor)),
        promise_words=PROMISES,
        closed_as=CLOSE_CODES[case.close_code][1] if case.close_code else "",
        timeline_days=by_day(entries, actor.time_zone),
        earlier=f"{entries[-1].at.isoformat()}_{entries[-1].id}" if more else None,
        paging=before is not None,
        link=narrowed(request),
    )


async def entries_for_client(
    actor: Actor, case: CaseFile, before: tuple[datetime, UUID] = LATEST
) -> tuple[list[Entry], bool]:
    """A page of the timeline in the client's words, newest first, and whether there is more.

    Row-level security leaves out what is for staff alone. In a call's entry the debtor is named as this client placed
    it: who picked up may be known to us from another client, and why a rule was set aside is the agency's affair.
    """
    rows = await sql(LIST, actor.agency_id, case.id, "", *before, PAGE + 1)
    return [_entry(row, case) for row in rows[:PAGE]], len(rows) > PAGE


def _entry(row: asyncpg.Record, case: CaseFile) -> Entry:
    icon, tone, head, lines = WORDS[row["kind"]](facts_for_client(row["kind"], row["facts"], case.debtor_name))
    return Entry(row["id"], row["at"], icon, tone, head, lines, row["actor_name"], client_sees=True)


def facts_for_client(kind: str, facts: str, debtor_name: str) -> dict[str, Any]:
    """The facts of an event (JSON) without what is the agency's own; ``debtor_name`` as the client placed it."""
    told: dict[str, Any] = loads(facts)
    if kind == "call.logged":
        told |= {"person": debtor_name, "override_reason": "", "assessment": ""}
    return told


def _today(actor: Actor) -> date:
    return clock.now().astimezone(ZoneInfo(actor.time_zone)).date()

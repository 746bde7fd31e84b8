"""The page of the audit trail."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.audit import checking, trail
from portal.audit.trail import Narrowing
from portal.audit.words import SUBJECTS, fact_word, subject_word
from portal.errors import NotFound, Refused
from portal.pages.forms import Form
from portal.pages.links import narrowed
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.guards import needs

READ = needs("audit.read")


@get("/audit", guards=[READ])
async def show(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The trail, narrowed by the URL, under how the chain stands."""
    narrowing, wrong = _narrowing(request)
    found = await trail.find(actor, narrowing, _place(request.query_params.get("before", "")))
    entries, link = found[: trail.PAGE], narrowed(request)
    following = link(before=f"{entries[-1].at.isoformat()}~{entries[-1].id}") if len(found) > trail.PAGE else None
    return render(
        request, "portal/audit/trail.html", block="rows", status=422 if wrong else 200,
        entries=entries, narrowing=narrowing, wrong=wrong, link=link, following=following,
        first=link(before=None) if "before" in request.query_params else None,
        subject_word=subject_word,
        people=await trail.people(actor), actions=await trail.actions(actor),
        chain=await checking.length(actor.agency_id), checked=await trail.last_check(actor),
    )  # fmt: skip


@get("/audit/{event_id:uuid}", guards=[READ])
async def show_event(request: PageRequest, actor: NamedDependency[Actor], event_id: FromPath[UUID]) -> Response[Any]:
    """One event with its facts, and the seal that covers it."""
    entry, personal, seal = await trail.load(actor, event_id)
    return render(request, "portal/audit/event.html", entry=entry, personal=personal, seal=seal, fact_word=fact_word)


@post("/audit/check", guards=[READ])
async def check(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Prove the chain now."""
    proof = await checking.check(actor)
    if proof is None:
        return redirect(request, "/audit", N_("The chain is long: it is being checked. Look again in a minute."))
    if proof.ok:
        return redirect(request, "/audit", N_("Checked: every seal and every entry is as it was written."))
    return redirect(request, "/audit", N_("Checked: something is not as it was written."), tone="bad")


def _narrowing(request: PageRequest) -> tuple[Narrowing, Refused | None]:
    """What the URL narrows the list to; where it cannot be read, the whole list and what is wrong."""
    form = Form(dict(request.query_params))
    try:
        return Narrowing(
            actor=form.text("actor", limit=40),
            action=form.text("action", limit=100),
            subject_kind=kind if (kind := form.text("kind", limit=100)) in SUBJECTS else "",
            subject_id=_subject(form),
            since=form.day("since"),
            until=form.day("until"),
        ), None
    except Refused as error:
        return Narrowing(), error


def _subject(form: Form) -> UUID | None:
    try:
        return form.id("subject")
    except NotFound:
        raise Refused(N_("This is not an id."), field="subject", code="bad_id") from None


def _place(text: str) -> tuple[datetime, UUID] | None:
    """Where a page begins, as the page before wrote it; the beginning when it cannot be read."""
    moment, _, event_id = text.partition("~")
    try:
        at = datetime.fromisoformat(moment)
        return (at, UUID(event_id)) if at.tzinfo else None
    except ValueError:
        return None


ROUTES: list[Any] = [show, show_event, check]

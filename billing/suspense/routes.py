"""Pages of suspended money: what waits and how long, putting money in, matching it to a case, sending it back."""

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.bank.choosing import trust_accounts
from billing.bank.matching.register import line_of
from billing.bank_details.account import Account
from billing.bank_details.register import FIELDS
from billing.fees.wording import COMPONENTS
from billing.payments.finding import find_cases
from billing.payments.journals import lines
from billing.payments.register import CHANNEL_TEXTS
from billing.payments.split import Split
from billing.refunds.held import held_of
from billing.refunds.register import refunds_of_suspense
from billing.refunds.shown import ended as over
from billing.refunds.shown import file_name_of, proof_of, under_way, untold_of
from billing.refunds.telling import BEFORE_TEXTS, TOLD_TEXTS
from billing.suspense.match import match, preview_match
from billing.suspense.owner import look_after, people_for_suspense
from billing.suspense.register import Suspended, list_suspended, load_suspended, sums
from billing.suspense.renamed import GONE_TEXTS
from billing.suspense.send_back import ask_to_send_back
from billing.suspense.tables import SuspenseStatus
from billing.suspense.take_in import WAYS, suspend
from billing.suspense.taken_back import WHY, take_back
from cases.casework import CaseFile, load_case
from cases.clients import load_client
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.ledger.accounts import CHART
from portal.pages.forms import Form, Typed, read_form
from portal.pages.links import id_in, narrowed
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.attempts import TooManyAttempts
from portal.people.guards import needs
from portal.people.routes.browser import shown
from portal.tenancy.database import sql

Page = Response[Any]

CURRENCIES = "select distinct currency from cases where agency_id = $1 order by currency"


@get("/suspense", guards=[needs("payments.read")])
async def index(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """What is in suspense, the oldest first; with ``show=mine`` what one looks after, with ``show=ended`` what is no more."""
    shows = request.query_params.get("show")
    ended, mine = shows == "ended", shows == "mine" and actor.may("payments.record")
    pieces, more = await list_suspended(
        actor, id_in(request.query_params.get("after")), ended=ended, of=actor.user_id if mine else None
    )
    return render(
        request, "billing/suspense.html", block="rows",
        pieces=pieces, following=pieces[-1].id if more else None, ended=ended, mine=mine, sums=await sums(actor),
        today=await agency_day(actor), link=narrowed(request),
    )  # fmt: skip


@get("/suspense/new", guards=[needs("payments.record")])
async def new(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """The form for money that nobody knows."""
    return await _form(request, actor, Form({"received_on": (await agency_day(actor)).isoformat()}))


@post("/suspense", guards=[needs("payments.record")])
async def create(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """Put money into suspense."""
    form = await read_form(request)
    currency = form.text("currency", limit=3)
    token = form.needed_id("token")
    try:
        suspense_id = await suspend(
            actor, form.amount("amount", currency), currency, form.day("received_on"), form.text("channel"),
            form.text("payer", limit=140), form.text("reference", limit=140), token=token,
        )  # fmt: skip
    except Refused as error:
        return await _form(request, actor, form, error)
    return redirect(request, f"/suspense/{suspense_id}", N_("It is in the books and waits for its case."), lock=True)


async def _form(request: PageRequest, actor: Actor, form: Form, error: Refused | None = None) -> Page:
    currencies = [row["currency"] for row in await sql(CURRENCIES, actor.agency_id)] or [actor.base_currency]
    return render(
        request, "billing/suspense_new.html", status=422 if error else 200,
        currencies=currencies, channels={code: CHANNEL_TEXTS[code] for code in WAYS}, errors=shown(error),
        token=form.text("token") or new_id(),
        values={"amount": "", "currency": actor.base_currency, "channel": "bank", "payer": "", "reference": "",
                "received_on": "", **form.values()},
    )  # fmt: skip


@get("/suspense/{suspense_id:uuid}", guards=[needs("payments.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], suspense_id: FromPath[UUID]) -> Page:
    """One piece: where it came from, and what may become of it; with ``case`` how it would be divided there."""
    return await show_suspended(
        request, actor, await load_suspended(actor, suspense_id), request.query_params.get("case")
    )


async def show_suspended(
    request: PageRequest,
    actor: Actor,
    piece: Suspended,
    case_text: str | None = None,
    error: Refused | None = None,
    **values: str,
) -> Page:
    """The page of a piece, with what a form on it was refused for."""
    asked_for, today = request.query_params.get("q", ""), await agency_day(actor)
    case = await _chosen(actor, piece, case_text)
    split, refusal = await _split(actor, piece, case)
    refunds = await refunds_of_suspense(actor, piece.id)
    status = 429 if isinstance(error, TooManyAttempts) else 422 if error else 200
    return render(
        request, "billing/suspended.html", status=status,
        piece=piece, today=today, case=case, split=split, refusal=refusal, asked_for=asked_for,
        client=await load_client(actor, case.client_id) if case else None, components=COMPONENTS, chart=CHART,
        lines=list(lines(split)) if split else [], found=await find_cases(actor, asked_for),
        under_way=under_way(refunds), refunds=over(refunds), proof=await proof_of(actor, refunds), untold=await untold_of(actor, refunds),
        held=await held_of(actor, refunds), file_name=await file_name_of(actor, refunds), before_texts=BEFORE_TEXTS, told_texts=TOLD_TEXTS, errors=shown(error),
        trust_accounts=await trust_accounts(actor, piece.currency),
        people=await people_for_suspense(actor) if piece.is_here else [], reasons=WHY, went_back=GONE_TEXTS,
        bank_line=await line_of(actor, piece.journal_id),
        values=Typed({"paid_on": today.isoformat(), "gone_on": today.isoformat(), "holder": piece.payer, "why": "", **values}),
    )  # fmt: skip


async def _chosen(actor: Actor, piece: Suspended, case_text: str | None) -> CaseFile | None:
    """The case to match to: the one it belongs to, else the one that was picked."""
    case_id = piece.case_id or id_in(case_text)
    return await load_case(actor, case_id) if case_id is not None and actor.may("payments.record") else None


async def _split(actor: Actor, piece: Suspended, case: CaseFile | None) -> tuple[Split | None, Refused | None]:
    if case is None or piece.status is not SuspenseStatus.WAITING:
        return None, None
    try:
        return await preview_match(actor, piece, case), None
    except Refused as error:
        return None, error


@post("/suspense/{suspense_id:uuid}/match", guards=[needs("payments.record")])
async def post_match(request: PageRequest, actor: NamedDependency[Actor], suspense_id: FromPath[UUID]) -> Page:
    """Book it to the case whose split was shown."""
    form = await read_form(request)
    piece = await load_suspended(actor, suspense_id)
    case_id = form.id("case")
    if case_id is None:
        raise NotFound
    try:
        payment_id = await match(actor, piece.id, case_id, shown=form.text("shown"))
    except Refused as error:
        return await show_suspended(request, actor, await load_suspended(actor, piece.id), str(case_id), error)
    return redirect(request, f"/payments/{payment_id}", N_("Booked to the case. It is in suspense no more."), lock=True)


@post("/suspense/{suspense_id:uuid}/refunds", guards=[needs("payments.record")])
async def ask(request: PageRequest, actor: NamedDependency[Actor], suspense_id: FromPath[UUID]) -> Page:
    """Ask that it is sent back to an account."""
    form = await read_form(request)
    piece = await load_suspended(actor, suspense_id)
    typed = {name: form.text(name, limit=200) for name in FIELDS if name != "currency"}
    try:
        await ask_to_send_back(actor, suspense_id, Account(currency=piece.currency, **typed))
    except Refused as error:
        return await show_suspended(request, actor, piece, None, error, **form.values())
    return redirect(request, f"/suspense/{suspense_id}", N_("Asked for. Somebody else approves it now."))


@post("/suspense/{suspense_id:uuid}/return", guards=[needs("payments.record")])
async def went_back(request: PageRequest, actor: NamedDependency[Actor], suspense_id: FromPath[UUID]) -> Page:
    """Book that the bank took it back."""
    form = await read_form(request)
    why = form.text("why", limit=40)

    async def act() -> None:
        await take_back(actor, suspense_id, why, form.day("gone_on"))

    told = N_("Booked. It is in suspense no more.")
    return await _step(request, actor, suspense_id, act(), told, why=why, gone_on=form.text("gone_on", limit=10))


@post("/suspense/{suspense_id:uuid}/owner", guards=[needs("payments.record")])
async def own(request: PageRequest, actor: NamedDependency[Actor], suspense_id: FromPath[UUID]) -> Page:
    """Say who looks after it."""
    owner = (await read_form(request)).id("owner")
    return await _step(request, actor, suspense_id, look_after(actor, suspense_id, owner), N_("Saved."))


async def _step(
    request: PageRequest, actor: Actor, suspense_id: UUID, what: Awaitable[None], told: str, **values: str
) -> Page:
    try:
        await what
    except Refused as error:
        return await show_suspended(request, actor, await load_suspended(actor, suspense_id), None, error, **values)
    return redirect(request, f"/suspense/{suspense_id}", told)


ROUTES = [index, new, create, show, post_match, ask, went_back, own]

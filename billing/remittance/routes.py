"""Pages of remittance runs: the list, a new one with its preview, and one on its way from draft to closed."""

from collections.abc import Awaitable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from billing.bank.choosing import chosen_account, trust_accounts
from billing.bank.confirming import own_payee
from billing.cards.payouts import owed_to_trust
from billing.deadlines.register import deadlines_of
from billing.exchange.quotes import Pair, pairs_of
from billing.exchange.rate import rate_text
from billing.fees.words import CYCLE_TEXTS, METHOD_TEXTS
from billing.invoices.register import made_of_run
from billing.notices.standing import sentence, standing
from billing.remittance.approve import approve
from billing.remittance.draft import cancel, check, prepare, prepare_again, review
from billing.remittance.interest import undrawn_interest
from billing.remittance.pay import pay
from billing.remittance.payees import given_up_since
from billing.remittance.payment_file import content_of, currencies_of, made_for, make_file, plan_of
from billing.remittance.proof import Asked, Proof, asked_of
from billing.remittance.proving import proving
from billing.remittance.released import waiting
from billing.remittance.returned import waiting_payouts
from billing.remittance.run import Run, list_runs, load_run, open_run
from billing.remittance.shares import shares
from billing.statements.register import statements_of_run
from billing.statements.sheet import run_sheet
from billing.tables import RunStatus
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.pages.formats import amount
from portal.pages.forms import Form, read_form
from portal.pages.links import files, id_in, narrowed
from portal.pages.rendering import render
from portal.pages.sheet import hand_out
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.attempts import TooManyAttempts
from portal.people.guards import needs
from portal.people.routes.browser import Shown, shown
from portal.storage.store import attachment
from portal.tenancy.database import sql
from portal.tenancy.request import outlive

Page = Response[Any]


@get("/remittances", guards=[needs("remittances.read")])
async def index(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """The runs, the newest first."""
    runs, more = await list_runs(actor, id_in(request.query_params.get("before")))
    following = runs[-1].id if more else None
    return render(
        request, "billing/remittances.html", block="rows", runs=runs, following=following, link=narrowed(request),
        returned=[] if request.query_params.get("before") else await waiting_payouts(actor),
        due=await deadlines_of(actor), notices=await standing(actor), notice_text=sentence,
    )  # fmt: skip


@get("/remittances/new", guards=[needs("remittances.prepare")])
async def new(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """What a run in a currency through a day would pay each client. Writes nothing."""
    known = await _currencies(actor)
    currency = request.query_params.get("currency") or (known[0] if known else actor.base_currency)
    through = request.query_params.get("through") or (await _month_end(actor)).isoformat()
    who = request.query_params.get("who") or "due"
    return await _preview(request, actor, Form({"currency": currency, "period_to": through, "who": who}))


async def _preview(request: PageRequest, actor: Actor, form: Form, error: Refused | None = None) -> Page:
    currency, found, before, only_due = form.text("currency", limit=3), [], None, _only_due(form)
    try:
        day = await check(actor, currency, form.day("period_to"))
        found = await shares(actor, currency, day)
        before = await open_run(actor, currency)
    except Refused as refusal:
        error = error or refusal
    known, owed_minor = await _currencies(actor), await owed_to_trust(actor, currency)
    return render(
        request, "billing/remittance_new.html", block="preview", status=422 if error else 200,
        values=form.values(), currencies=known if currency in known else [*known, currency], currency=currency,
        shares=found, before=before, owed_minor=owed_minor, methods=METHOD_TEXTS, cycles=CYCLE_TEXTS, errors=shown(error), only_due=only_due,
        paying=[one for one in found if one.is_released and not one.deferred and (one.is_due or not only_due)],
    )  # fmt: skip


def _only_due(form: Form) -> bool:
    """Whether the run is asked to take only the clients whose cycle has come round."""
    return form.text("who") == "due"


async def _currencies(actor: Actor) -> list[str]:
    """The currencies in which there ever was a payment or something was brought over, the agency's own first."""
    rows = await sql(
        "select currency from payments where agency_id = $1 union select currency from openings where agency_id = $1"
        " and status = 'approved'",
        actor.agency_id,
    )
    return sorted((row["currency"] for row in rows), key=lambda code: (code != actor.base_currency, code))


async def _month_end(actor: Actor) -> date:
    """The last day of the month before this one."""
    return (await agency_day(actor)).replace(day=1) - timedelta(days=1)


@post("/remittances", guards=[needs("remittances.prepare")])
async def create(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """Draft a run."""
    form = await read_form(request)
    try:
        day = form.day("period_to")
        run_id = await prepare(actor, form.text("currency", limit=3), day, only_due=_only_due(form))
    except Refused as error:
        return await _preview(request, actor, form, error)
    return await _done(request, actor, run_id, N_("Drafted. Nothing is posted yet."))


async def _done(request: PageRequest, actor: Actor, run_id: UUID, told: str, *, lock: bool = False) -> Page:
    """Back to the run: the step is done, or a job is at it."""
    if (await load_run(actor, run_id)).act:
        return redirect(request, f"/remittances/{run_id}", N_("It is being done. You can leave this page."))
    return redirect(request, f"/remittances/{run_id}", told, lock=lock)


@get("/remittances/{run_id:uuid}", guards=[needs("remittances.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], run_id: FromPath[UUID]) -> Page:
    """A run: its step, each client's figures, and what comes next."""
    return await show_run(request, actor, run_id)


@get(["/remittances/{run_id:uuid}/csv", "/remittances/{run_id:uuid}/xlsx"], guards=[needs("remittances.read")])
async def lines_as_file(request: PageRequest, actor: NamedDependency[Actor], run_id: FromPath[UUID]) -> Stream:
    """Every line of the run's statements as a file."""
    run = await load_run(actor, run_id)
    sheet = run_sheet(actor, run.id, run.number)
    return await hand_out(request, actor, sheet, "remittance.exported", ("remittance_run", run.id))


async def show_run(
    request: PageRequest, actor: Actor, run_id: UUID, error: Refused | None = None, *, pair: str = "", **values: str
) -> Page:
    """A run's page, or again with what was refused and typed; ``pair`` is the other currency whose form it was."""
    run, pairs = await load_run(actor, run_id), await pairs_of(actor, run_id)
    statements = await statements_of_run(actor, run.id)
    files_made = {code: await made_for(actor, run.id, code) for code in currencies_of(run, pairs)}
    today = await agency_day(actor)
    may_file = [code for code, made in files_made.items() if made is None and run.status is RunStatus.APPROVED]
    status = 429 if isinstance(error, TooManyAttempts) else 422 if error else 200
    return render(
        request, "billing/remittance.html", status=status,
        waiting=await waiting(actor, run.currency, run.period_to) if run.is_open else [],
        owed_minor=await owed_to_trust(actor, run.currency) if run.is_open else 0,
        run=run, statements=statements, methods=METHOD_TEXTS, asked=await _asked(actor, run),
        is_preparer=run.prepared_by == actor.user_id, errors=shown(error), today=today,
        files=files(request, within=True) if statements else {},
        interest_minor=run.interest_minor if run.approved_at else await undrawn_interest(actor, run.currency, today),
        payment_files=files_made, file_plans={code: await plan_of(actor, run, code) for code in may_file},
        own=await own_payee(actor, run.currency) if run.status is RunStatus.REVIEWED else None,
        given_up=await given_up_since(actor, run.id) if run.status is RunStatus.APPROVED else [],
        documents=await made_of_run(actor, run.id) if run.approved_at else (0, 0),
        pairs=pairs, pair_forms=_pair_forms(actor, run, pairs, error, pair, values), rate_text=rate_text,
        trust_accounts=await trust_accounts(actor, run.currency) if run.status is RunStatus.APPROVED else [],
        values={
            "paid_on": today.isoformat(), "reference": "",
            "bank_account": str(paying.bank_account_id) if (paying := files_made[run.currency]) else "", **values,
        },
    )  # fmt: skip


def _pair_forms(
    actor: Actor, run: Run, pairs: Sequence[Pair], error: Refused | None, failed: str, values: dict[str, str]
) -> dict[str, tuple[Shown, dict[str, str]]]:
    """By other currency, what was refused of its form and what stands in it."""
    now = clock.now().astimezone(ZoneInfo(actor.time_zone))
    found = {}
    for pair in pairs:
        stands = {
            "rate": "" if run.approved_at or pair.quoted_rate is None else f"{pair.quoted_rate:f}",
            "source": pair.source or "", "quoted_at": now.strftime("%Y-%m-%dT%H:%M"),
            "sold": amount(pair.net_minor, run.currency), "bought": "", "on": now.date().isoformat(), "reference": "", "why": "",
        }  # fmt: skip
        is_failed = pair.target == failed
        found[pair.target] = (shown(error if is_failed else None), {**stands, **(values if is_failed else {})})
    return found


async def _asked(actor: Actor, run: Run) -> Asked | None:
    """What the actor would prove themselves with, if it is on them to approve."""
    if run.status is not RunStatus.REVIEWED or run.prepared_by == actor.user_id:
        return None
    return await asked_of(actor) if actor.may("remittances.approve") else None


@post("/remittances/{run_id:uuid}/preparation", guards=[needs("remittances.prepare")])
async def redo(request: PageRequest, actor: NamedDependency[Actor], run_id: FromPath[UUID]) -> Page:
    """Work the draft out anew."""
    return await _step(
        request, actor, run_id, prepare_again(actor, run_id), N_("Prepared again. Nothing is posted yet.")
    )


@post("/remittances/{run_id:uuid}/review", guards=[needs("remittances.prepare")])
async def give_review(request: PageRequest, actor: NamedDependency[Actor], run_id: FromPath[UUID]) -> Page:
    """Say that the draft is right."""
    return await _step(request, actor, run_id, review(actor, run_id), N_("Reviewed. Somebody else approves it now."))


@post("/remittances/{run_id:uuid}/cancellation", guards=[needs("remittances.prepare")])
async def drop(request: PageRequest, actor: NamedDependency[Actor], run_id: FromPath[UUID]) -> Page:
    """Give the run up before its approval."""
    told = N_("Cancelled. Its payments wait for the next run.")
    return await _step(request, actor, run_id, cancel(actor, run_id), told)


async def _step(request: PageRequest, actor: Actor, run_id: UUID, what: Awaitable[object], told: str) -> Page:
    try:
        await what
    except Refused as error:
        return await show_run(request, actor, run_id, error)
    return await _done(request, actor, run_id, told)


@post("/remittances/{run_id:uuid}/approval", guards=[needs("remittances.approve")])
async def give_approval(request: PageRequest, actor: NamedDependency[Actor], run_id: FromPath[UUID]) -> Page:
    """Approve a run that somebody else prepared, with a second factor."""
    form = await read_form(request)

    async def act(proof: Proof, secret_key: str) -> None:
        await approve(actor, run_id, proof, secret_key)

    try:
        await proving(request, actor, form, act)
    except Refused as error:
        return await show_run(request, actor, run_id, error)
    told = N_("Approved and posted. The clients see their statements.")
    return await _done(request, actor, run_id, told, lock=True)


@post("/remittances/{run_id:uuid}/payment", guards=[needs("remittances.prepare")])
async def confirm_payment(request: PageRequest, actor: NamedDependency[Actor], run_id: FromPath[UUID]) -> Page:
    """Confirm that the money has left the trust account: the statements are closed."""
    form = await read_form(request)
    try:
        currency = (await load_run(actor, run_id)).currency
        account_id = await chosen_account(actor, form.id("bank_account"), currency)
        left = {currency: account_id} if account_id is not None else {}
        await pay(actor, run_id, form.day("paid_on"), form.text("reference", limit=140), left)
    except Refused as error:
        return await show_run(request, actor, run_id, error, **form.values())
    return redirect(
        request, f"/remittances/{run_id}", N_("Paid. The statements are closed and the clients told."), lock=True
    )


@post("/remittances/{run_id:uuid}/payment-file", guards=[needs("remittances.prepare")])
async def make_payment_file(request: PageRequest, actor: NamedDependency[Actor], run_id: FromPath[UUID]) -> Page:
    """Make the file by which the bank pays the run; it is made once."""
    currency = (await read_form(request)).text("currency", limit=3) or (await load_run(actor, run_id)).currency
    told = N_("Made. Give it to the bank; it pays nobody twice, and stays as it is.")
    return await _step(request, actor, run_id, make_file(actor, run_id, currency), told)


@get("/remittances/{run_id:uuid}/payment-file", guards=[needs("remittances.prepare")])
async def take_payment_file(request: PageRequest, actor: NamedDependency[Actor], run_id: FromPath[UUID]) -> Page:
    """The payment file, the same bytes each time; who took it stays in the trail."""
    currency = request.query_params.get("currency") or (await load_run(actor, run_id)).currency
    name, content = await content_of(actor, run_id, currency)

    async def remember() -> None:
        await record(actor, "remittance.file_taken", "remittance_run", run_id)

    outlive(request.scope, remember)
    headers = {"Content-Disposition": attachment(name), "Cache-Control": "no-store"}
    return Response(content, media_type="application/xml", headers=headers)


ROUTES = [
    *(index, new, create, show, lines_as_file, redo, give_review, drop, give_approval, confirm_payment),
    *(make_payment_file, take_payment_file),
]

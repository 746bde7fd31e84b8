"""Pages of opening balances: all of them, one being written down, and its approval."""

import asyncio
from collections.abc import Awaitable
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.openings import words
from billing.openings.approve import approve, may_approve
from billing.openings.document import give_proof, open_proof
from billing.openings.items import GivenItem, add_items, remove_item
from billing.openings.prepare import begin, set_balances
from billing.openings.propose import drop, make_draft, propose
from billing.openings.register import Bank, Opening, banks_of, items_of, list_openings, load_opening
from billing.openings.table import CAPTIONS, clients_by_name, read_items
from billing.openings.tables import ItemKind, OpeningStatus
from billing.openings.undo import undo
from billing.remittance.proof import Asked, Proof, asked_of
from billing.remittance.proving import proving
from cases.choices import clients
from portal.errors import NotFound, Refused
from portal.money import CURRENCIES, decimal_string
from portal.pages.forms import Form, Typed, read_form
from portal.pages.links import id_in, narrowed
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.attempts import TooManyAttempts
from portal.people.guards import needs
from portal.people.routes.browser import shown
from portal.storage.sniff import ACCEPT
from portal.tenancy.database import transaction

Page = Response[Any]
FIGURES: Final = ("due_to_operating", "due_from_operating", "vat")


@get("/openings", guards=[needs("openings.read")])
async def index(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """The opening balances by currency, and the form to begin those of another."""
    return await _index(request, actor, Form({"currency": actor.base_currency}))


async def _index(request: PageRequest, actor: Actor, form: Form, error: Refused | None = None) -> Page:
    return render(
        request, "billing/openings/list.html", status=422 if error else 200,
        openings=await list_openings(actor), values=Typed(form.values()), errors=shown(error),
        currencies=sorted(CURRENCIES), words=words,
    )  # fmt: skip


@post("/openings", guards=[needs("openings.propose")])
async def create(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """Begin those of a currency."""
    form = await read_form(request)
    try:
        opening_id = await begin(actor, form.text("currency", limit=3), form.day("effective_on"))
    except Refused as error:
        return await _index(request, actor, form, error)
    return redirect(request, f"/openings/{opening_id}")


@get("/openings/{opening_id:uuid}", guards=[needs("openings.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], opening_id: FromPath[UUID]) -> Page:
    """One of them: what stands where, whose it is, what lies between, and what comes next."""
    return await _show(request, actor, opening_id)


async def _show(
    request: PageRequest, actor: Actor, opening_id: UUID, error: Refused | None = None, form: Form | None = None,
    sums: dict[str, int] | None = None,
) -> Page:  # fmt: skip
    opening, typed = await load_opening(actor, opening_id), form or Form({})
    banks = await banks_of(actor, opening.id)
    items, more = await items_of(actor, opening.id, id_in(request.query_params.get("after")))
    status = error.status if error else 200
    return render(
        request, "billing/openings/show.html", block="sums" if sums else "rows",
        status=429 if isinstance(error, TooManyAttempts) else status,
        opening=opening, banks=banks, items=items, following=items[-1].id if more else None, link=narrowed(request),
        is_first_page=not request.query_params.get("after"), values=Typed({**_stands(opening, banks), **typed.values()}),
        errors=shown(error), clients=await clients(actor) if opening.is_draft else [],
        asked=await _asked(actor, opening), wrote=actor.user_id in opening.authors,
        sums=sums or _sums(opening), accept=ACCEPT, captions=[names[0] for names in CAPTIONS.values()], words=words,
        may_write=opening.is_draft and actor.may("openings.propose"),
    )  # fmt: skip


async def _asked(actor: Actor, opening: Opening) -> Asked | None:
    """What the actor would prove themselves with, if it is on them to approve, or they may undo it."""
    may_undo = opening.status is OpeningStatus.APPROVED and actor.may("openings.approve")
    return await asked_of(actor) if may_undo or may_approve(actor, opening) else None


def _stands(opening: Opening, banks: list[Bank]) -> dict[str, str]:
    """What stands in the form of balances."""
    figures = {name: getattr(opening, f"{name}_minor") for name in FIGURES}
    told = {f"bank-{bank.id}": bank.amount_minor for bank in banks}
    return {
        "effective_on": opening.effective_on.isoformat(),
        **{
            name: decimal_string(minor, opening.currency) if minor else ""
            for name, minor in {**figures, **told}.items()
        },
    }


def _sums(
    opening: Opening, trust: int | None = None, due_to: int | None = None, due_from: int | None = None
) -> dict[str, int]:
    """What must add up, in minor units: as it is kept, or with what is typed."""
    sums = {
        "trust": opening.trust_minor if trust is None else trust,
        "due_from": opening.due_from_operating_minor if due_from is None else due_from,
        "funds": opening.funds_minor,
        "suspense": opening.suspense_minor + opening.refund_minor,
        "due_to": opening.due_to_operating_minor if due_to is None else due_to,
    }
    return {**sums, "difference": sums["trust"] + sums["due_from"] - sums["funds"] - sums["suspense"] - sums["due_to"]}


@post("/openings/{opening_id:uuid}/check", guards=[needs("openings.propose")])
async def check(request: PageRequest, actor: NamedDependency[Actor], opening_id: FromPath[UUID]) -> Page:
    """Whether it adds up with what is typed. Writes nothing."""
    opening, form = await load_opening(actor, opening_id), await read_form(request)
    banks = await banks_of(actor, opening.id)
    try:
        typed = [form.amount(f"bank-{bank.id}", opening.currency) or 0 for bank in banks if bank.book == "trust"]
        due_to, due_from = (form.amount(name, opening.currency) or 0 for name in FIGURES[:2])
    except Refused as error:
        return await _show(request, actor, opening_id, error, form)
    return await _show(request, actor, opening_id, form=form, sums=_sums(opening, sum(typed), due_to, due_from))


@post("/openings/{opening_id:uuid}/balances", guards=[needs("openings.propose")])
async def give_balances(request: PageRequest, actor: NamedDependency[Actor], opening_id: FromPath[UUID]) -> Page:
    """Write down what stands on accounts."""
    opening, form = await load_opening(actor, opening_id), await read_form(request)
    try:
        banks = {
            bank.id: form.amount(f"bank-{bank.id}", opening.currency) for bank in await banks_of(actor, opening.id)
        }
        figures = {name: form.amount(name, opening.currency) or 0 for name in FIGURES}
        await set_balances(actor, opening_id, form.day("effective_on"), banks, figures)
    except Refused as error:
        return await _show(request, actor, opening_id, error, form)
    return redirect(request, f"/openings/{opening_id}", N_("Kept. Nothing is in the books yet."))


@post("/openings/{opening_id:uuid}/items", guards=[needs("openings.propose")])
async def give_item(request: PageRequest, actor: NamedDependency[Actor], opening_id: FromPath[UUID]) -> Page:
    """Write a piece down."""
    opening, form = await load_opening(actor, opening_id), await read_form(request)
    try:
        kind = form.text("kind", limit=20)
        if kind not in set(ItemKind):
            raise Refused(N_("Please choose whose it is."), field="kind", code="missing")
        item = GivenItem(
            kind=ItemKind(kind), client_id=form.id("client") if kind == ItemKind.FUNDS else None,
            reference=form.text("reference", limit=140), debtor_name=form.text("debtor", limit=140),
            received_on=form.day("received_on"), amount_minor=form.amount("amount", opening.currency),
        )  # fmt: skip
        await add_items(actor, opening_id, [item])
    except Refused as error:
        return await _show(request, actor, opening_id, error, form)
    return redirect(request, f"/openings/{opening_id}#items", N_("Added."))


@post("/openings/{opening_id:uuid}/items/removal", guards=[needs("openings.propose")])
async def strike_out(request: PageRequest, actor: NamedDependency[Actor], opening_id: FromPath[UUID]) -> Page:
    """Strike a piece out, or all of them (``all``)."""
    form = await read_form(request)
    item_id = form.id("item")
    if item_id is None and not form.flag("all"):
        await load_opening(actor, opening_id)
        raise NotFound
    return await _step(request, actor, opening_id, remove_item(actor, opening_id, item_id), N_("Struck out."))


@post("/openings/{opening_id:uuid}/table", guards=[needs("openings.propose")])
async def give_table(request: PageRequest, actor: NamedDependency[Actor], opening_id: FromPath[UUID]) -> Page:
    """Write the pieces of a table down, all or none."""
    opening, form = await load_opening(actor, opening_id), await read_form(request)
    known = await clients_by_name(actor)
    try:
        file = form.file("table")
        if file is None:
            raise Refused(N_("Choose a file."), field="table", code="missing")
        items = await asyncio.to_thread(read_items, cast(BinaryIO, file.file), opening, known)
        await add_items(actor, opening_id, items)
    except Refused as error:
        return await _show(request, actor, opening_id, error, form)
    return redirect(request, f"/openings/{opening_id}#items", N_("%(count)s pieces added."), count=len(items))


@post("/openings/{opening_id:uuid}/proof", guards=[needs("openings.propose")], opt={"apart": True})
async def give_document(request: PageRequest, actor: NamedDependency[Actor], opening_id: FromPath[UUID]) -> Page:
    """Keep what proves it."""
    async with transaction(actor.scope, read_only=True):
        await load_opening(actor, opening_id)
    try:
        file = (await read_form(request)).file("proof")
        if file is None:
            raise Refused(N_("Choose a file."), field="proof", code="missing")
        await give_proof(actor, opening_id, file.filename, await file.read())
    except Refused as error:
        async with transaction(actor.scope, read_only=True):
            return await _show(request, actor, opening_id, error)
    return redirect(request, f"/openings/{opening_id}", N_("Kept, with its SHA-256."))


@get("/openings/{opening_id:uuid}/proof", guards=[needs("openings.read")], opt={"writes": True})
async def take_document(actor: NamedDependency[Actor], opening_id: FromPath[UUID]) -> Page:
    """Lead to the document that proves it."""
    return Response(None, status_code=303, headers={"Location": await open_proof(actor, opening_id)})


@post("/openings/{opening_id:uuid}/proposal", guards=[needs("openings.propose")])
async def give_proposal(request: PageRequest, actor: NamedDependency[Actor], opening_id: FromPath[UUID]) -> Page:
    """Say that it is right."""
    told = N_("Proposed. Somebody else approves it now.")
    return await _step(request, actor, opening_id, propose(actor, opening_id), told)


@post("/openings/{opening_id:uuid}/draft", guards=[needs("openings.read")])
async def give_draft(request: PageRequest, actor: NamedDependency[Actor], opening_id: FromPath[UUID]) -> Page:
    """Make it a draft again."""
    return await _step(request, actor, opening_id, make_draft(actor, opening_id), N_("It is a draft again."))


@post("/openings/{opening_id:uuid}/end", guards=[needs("openings.propose")])
async def give_up(request: PageRequest, actor: NamedDependency[Actor], opening_id: FromPath[UUID]) -> Page:
    """Give it up."""
    return await _step(request, actor, opening_id, drop(actor, opening_id), N_("Given up. Nothing was booked."))


async def _step(request: PageRequest, actor: Actor, opening_id: UUID, what: Awaitable[None], told: str) -> Page:
    try:
        await what
    except Refused as error:
        return await _show(request, actor, opening_id, error)
    return redirect(request, f"/openings/{opening_id}", told)


@post("/openings/{opening_id:uuid}/approval", guards=[needs("openings.approve")])
async def give_approval(request: PageRequest, actor: NamedDependency[Actor], opening_id: FromPath[UUID]) -> Page:
    """Approve what others wrote, as it was shown, with a second factor."""
    form = await read_form(request)

    async def act(proof: Proof, secret_key: str) -> None:
        await approve(actor, opening_id, form.whole("version", 0), proof, secret_key)

    try:
        await proving(request, actor, form, act)
    except Refused as error:
        return await _show(request, actor, opening_id, error)
    return redirect(request, f"/openings/{opening_id}", N_("Approved, and in the books."), lock=True)


@post("/openings/{opening_id:uuid}/undoing", guards=[needs("openings.approve")])
async def give_undoing(request: PageRequest, actor: NamedDependency[Actor], opening_id: FromPath[UUID]) -> Page:
    """Take it out of the books, with a second factor."""
    form = await read_form(request)

    async def act(proof: Proof, secret_key: str) -> None:
        await undo(actor, opening_id, proof, secret_key)

    try:
        await proving(request, actor, form, act)
    except Refused as error:
        return await _show(request, actor, opening_id, error)
    return redirect(request, f"/openings/{opening_id}", N_("Undone. Write them down anew."))


ROUTES = [
    index, create, show, check, give_balances, give_item, strike_out, give_table, give_document, take_document,
    give_proposal, give_draft, give_up, give_approval, give_undoing,
]  # fmt: skip

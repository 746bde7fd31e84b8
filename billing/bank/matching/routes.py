"""Pages of bank lines: what waits for a person with its proposal, one line, accepting, dividing and undoing."""

from collections.abc import Awaitable, Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.bank.matching.accept import accept, accept_case, accept_parts, shown_of
from billing.bank.matching.by_hand import choices_of, name
from billing.bank.matching.candidates import Line, load_line
from billing.bank.matching.outside import LONGEST, explained_of
from billing.bank.matching.propose import Proposal, What, propose
from billing.bank.matching.register import (
    history_of,
    list_booked,
    list_waiting,
    payment_of,
    pieces_of,
    sums_waiting,
)
from billing.bank.matching.undo import undo
from billing.bank.matching.wording import CHOICE_TEXTS, MATCH_TEXTS, mark, reason_text
from billing.bank.words import returned_text
from billing.fees.wording import COMPONENTS
from billing.payments.finding import find_cases
from billing.payments.journals import lines as journal_lines
from billing.payments.reaching import would_reach
from billing.payments.register import load_payment
from billing.payments.split import Split
from billing.suspense.match import preview_match
from billing.suspense.register import load_suspended
from cases.casework import CaseFile, load_case
from portal.errors import NotFound, Refused
from portal.ledger.accounts import CHART
from portal.pages.forms import Form, read_form
from portal.pages.links import id_in, narrowed
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.people.routes.browser import shown
from portal.tenancy.database import sql_one

Page = Response[Any]
LIST: Final = "/bank/lines"
MOST_PARTS: Final = 4
WORDS: Final[Mapping[str, Any]] = {
    "reason_text": reason_text, "returned_text": returned_text, "mark": mark, "shown_of": shown_of, "match_texts": MATCH_TEXTS,
    "components": COMPONENTS, "chart": CHART, "choice_texts": CHOICE_TEXTS,
}  # fmt: skip
DONE: Final[Mapping[What, str]] = {
    What.CASE: N_("Booked to the case."),
    What.SEVERAL: N_("Booked to its cases."),
    What.LINK: N_("It is what the books knew already. Nothing was booked."),
    What.RETURN: N_("The payment was taken back."),
    What.CHARGE: N_("The charge is booked. The agency owes the trust account as much."),
    What.TOP_UP: N_("What the agency paid in is booked."),
    What.RUN: N_("It was paid. The statements are closed."),
    What.PAYOUT: N_("It was paid. The statements are closed."),
    What.INTEREST: N_("The interest is booked. It is the agency's."),
    What.VAT: N_("The VAT is booked."),
    What.INVOICE: N_("The invoice is booked as paid."),
    What.TRANSFER: N_("The transfer is booked on both accounts."),
    What.PAYOUT_BACK: N_("The payout came back. Its account must be entered and confirmed before it is paid again."),
    What.REFUND: N_("The refund is booked as paid."),
    What.REFUND_BACK: N_("The refund came back. It is kept as before."),
    What.PAID_AGAIN: N_("It was paid again."),
    What.EXCHANGE: N_("The exchange is booked. The clients can be paid."),
    What.OUTSIDE: N_("Noted. It is in no book here."),
}
CASE: Final = "select id from cases where agency_id = $1 and number = $2"


@get(LIST, guards=[needs("bank.read")])
async def index(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """What waits for a person, the latest day first, with what follows from accepting the one chosen; or, with
    ``show=booked``, what is in the books.
    """
    return await _index(request, actor)


async def _index(request: PageRequest, actor: Actor, error: Refused | None = None) -> Page:
    booked, before = request.query_params.get("show") == "booked", id_in(request.query_params.get("before"))
    waiting, more = ([], False) if booked else await list_waiting(actor, before)
    done, more_done = await list_booked(actor, before) if booked else ([], False)
    proposals = await propose(actor, waiting)
    chosen = _chosen(waiting, id_in(request.query_params.get("line")))
    proposal = proposals[chosen.id] if chosen else None
    split, refusal = await _split(actor, proposal, proposal.case if proposal else None)
    last = (done[-1]["id"] if done else None) if booked else (waiting[-1].id if waiting else None)
    return render(
        request, "billing/bank/lines.html", block="whole", status=422 if error else 200,
        booked=booked, waiting=waiting, proposals=proposals, done=done, sums=await sums_waiting(actor),
        chosen=chosen, proposal=proposal, split=split, refusal=refusal, errors=shown(error),
        lines=list(journal_lines(split)) if split else [], case=proposal.case if proposal else None,
        reached=await would_reach(actor, split) if split else None,
        following=last if more or more_done else None, link=narrowed(request), **WORDS,
    )  # fmt: skip


def _chosen(lines: list[Line], line_id: UUID | None) -> Line | None:
    return next((line for line in lines if line.id == line_id), lines[0] if lines else None)


async def _split(actor: Actor, proposal: Proposal | None, case: Any) -> tuple[Split | None, Refused | None]:
    """How a line's suspended money would be divided over a case, where it waits for one."""
    if (
        proposal is None
        or case is None
        or proposal.what not in (What.CASE, What.NOTHING)
        or not actor.may("bank.match")
    ):
        return None, None
    pieces = await pieces_of(actor, proposal.line.id)
    if len(pieces) != 1 or pieces[0]["status"] != "waiting":
        return None, None
    case_id = case.id if isinstance(case, CaseFile) else case.case_id
    try:
        piece = await load_suspended(actor, pieces[0]["id"])
        return await preview_match(actor, piece, await load_case(actor, case_id)), None
    except Refused as refusal:
        return None, refusal


@get("/bank/lines/{bank_line_id:uuid}", guards=[needs("bank.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], bank_line_id: FromPath[UUID]) -> Page:
    """One line: what the bank says, what it may be and why, finding its case, dividing it, and what it was said to be."""
    return await _show(request, actor, bank_line_id)


async def _show(
    request: PageRequest, actor: Actor, line_id: UUID, error: Refused | None = None, form: Form | None = None
) -> Page:
    line = await load_line(actor, line_id)
    proposal = (await propose(actor, [line]))[line.id]
    pieces = await pieces_of(actor, line.id)
    waits = line.status == "open" or (bool(pieces) and all(piece["status"] == "waiting" for piece in pieces))
    case_id = id_in(request.query_params.get("case"))
    case = await load_case(actor, case_id) if case_id and waits else None
    asked_for = request.query_params.get("q", "")
    split, refusal = await _split(actor, proposal if waits else None, case or proposal.case)
    payment = await payment_of(actor, line.id)
    return render(
        request, "billing/bank/line.html", block="whole", status=422 if error else 200,
        line=line, proposal=proposal, pieces=pieces, waits=waits, payment=payment,
        short_text=(await load_payment(actor, payment["payment_id"])).short_text if payment else "",
        history=await history_of(actor, line.id), case=case, split=split, refusal=refusal,
        lines=list(journal_lines(split)) if split else [], asked_for=asked_for,
        reached=await would_reach(actor, split) if split else None,
        found=await find_cases(actor, asked_for) if waits else [], errors=shown(error),
        choices=await choices_of(actor, line) if waits else [], explained=await explained_of(actor, line.id),
        longest_note=LONGEST, values=form.values() if form else {}, places=range(1, MOST_PARTS + 1), links=narrowed(request), **WORDS,
    )  # fmt: skip


@post("/bank/lines/{bank_line_id:uuid}/acceptance", guards=[needs("bank.match")])
async def give_acceptance(request: PageRequest, actor: NamedDependency[Actor], bank_line_id: FromPath[UUID]) -> Page:
    """Accept what was proposed, or the case that was found."""
    form = await read_form(request)
    line = await load_line(actor, bank_line_id)
    try:
        what = What(form.text("what", limit=20))
    except ValueError:
        raise NotFound from None

    async def act() -> None:
        if what is What.CASE:
            case_id = form.id("case")
            if case_id is None:
                raise NotFound
            await accept_case(actor, line.id, case_id, form.text("shown") or None)
        elif what is What.SEVERAL:
            proposal = (await propose(actor, [line]))[line.id]
            parts = [(part.candidate.case_id, part.amount_minor) for part in proposal.parts]
            await accept_parts(actor, line.id, parts)
        else:
            await accept(actor, line.id, what, form.text("shown"))

    return await _step(request, actor, line.id, act(), DONE.get(what, ""), form, LIST)


@post("/bank/lines/{bank_line_id:uuid}/parts", guards=[needs("bank.match")])
async def give_parts(request: PageRequest, actor: NamedDependency[Actor], bank_line_id: FromPath[UUID]) -> Page:
    """Divide it over several cases, by their numbers."""
    form = await read_form(request)
    line = await load_line(actor, bank_line_id)

    async def act() -> None:
        parts: list[tuple[UUID, int]] = []
        for place in range(1, MOST_PARTS + 1):
            number, minor = form.text(f"case_{place}", limit=40), form.amount(f"amount_{place}", line.currency)
            if not number and minor is None:
                continue
            row = await sql_one(CASE, actor.agency_id, number)
            if row is None:
                raise Refused(N_("There is no case of this number."), field=f"case_{place}", code="no_case")
            if minor is None:
                raise Refused(N_("Please fill this in."), field=f"amount_{place}", code="missing")
            parts.append((row["id"], minor))
        if len(parts) < 2:
            raise Refused(N_("Name at least two cases."), field="case_2", code="missing")
        await accept_parts(actor, line.id, parts)

    return await _step(request, actor, line.id, act(), DONE[What.SEVERAL], form, LIST)


@post("/bank/lines/{bank_line_id:uuid}/naming", guards=[needs("bank.match")])
async def give_name(request: PageRequest, actor: NamedDependency[Actor], bank_line_id: FromPath[UUID]) -> Page:
    """Say what it is, whatever was proposed."""
    form = await read_form(request)
    line = await load_line(actor, bank_line_id)
    try:
        what = await name(actor, line.id, form.text("as", limit=100), form.text("note", limit=LONGEST))
    except Refused as error:
        return await _show(request, actor, line.id, error, form)
    return redirect(request, f"{LIST}/{line.id}", DONE[what])


@post("/bank/lines/{bank_line_id:uuid}/undoing", guards=[needs("bank.match")])
async def give_undoing(request: PageRequest, actor: NamedDependency[Actor], bank_line_id: FromPath[UUID]) -> Page:
    """Take back what it was said to be."""
    form = await read_form(request)
    line = await load_line(actor, bank_line_id)
    what = undo(actor, line.id, form.text("why", limit=200))
    told = N_("Taken back. The line waits again.")
    return await _step(request, actor, line.id, what, told, form, f"{LIST}/{line.id}")


async def _step(
    request: PageRequest, actor: Actor, line_id: UUID, what: Awaitable[None], told: str, form: Form, then: str
) -> Page:
    try:
        await what
    except Refused as error:
        return await _show(request, actor, line_id, error, form)
    return redirect(request, then, told)


ROUTES = [index, show, give_acceptance, give_parts, give_name, give_undoing]

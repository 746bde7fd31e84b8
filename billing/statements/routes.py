"""Pages of statements: the list, one with every fee explained, and its files."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from billing.bank.choosing import trust_accounts
from billing.bank.words import returned_text
from billing.invoices.credit_notes import lines_told_by, notes_told_by
from billing.openings.brought import brought_on
from billing.papers.keeping import bytes_of, made
from billing.remittance.clawback import clawbacks_on
from billing.remittance.released import Waiting, waiting_of
from billing.remittance.returned import returned_of
from billing.statements import mail, making
from billing.statements.by_mail import choose, is_attached
from billing.statements.clawed import clawed_sentences
from billing.statements.credited import credited_sentences
from billing.statements.document import as_pdf
from billing.statements.equation import equation, parted
from billing.statements.paid_out import paid_out
from billing.statements.register import (
    beside,
    counts_of,
    lines_of,
    list_statements,
    load_statement,
)
from billing.statements.sheet import lines_sheet, statements_sheet
from cases.choices import clients
from portal.errors import NotFound, Refused
from portal.pages.forms import read_form
from portal.pages.links import files, id_in, narrowed
from portal.pages.rendering import render, tastes
from portal.pages.sheet import hand_out
from portal.pages.text import N_, known_language, speaking
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.behalf import with_the_agencys_eyes
from portal.people.guards import needs
from portal.people.routes.browser import shown
from portal.storage.store import attachment
from portal.tenancy.database import transaction

JOBS = (mail, making)
"""Imported so that a worker knows their jobs."""


@get("/statements", guards=[needs("statements.read")])
async def index(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Statements, the latest first: a client's own, or those of all clients."""
    client_id = _client(request, actor)
    statements, more = await list_statements(actor, client_id, id_in(request.query_params.get("before")))
    behind: list[Waiting] = []
    if actor.client_id is not None and "before" not in request.query_params:
        async with with_the_agencys_eyes(actor) as eyes:
            behind = await waiting_of(eyes, actor.client_id)
    return render(
        request, "billing/statements.html", block="rows", waiting=behind,
        statements=statements, following=statements[-1].id if more else None, client_id=client_id,
        clients=await clients(actor) if actor.is_staff else [],
        link=narrowed(request), files=files(request),
        by_mail=await is_attached(actor) if actor.may("statements.receive") else None,
    )  # fmt: skip


@post("/statements/by-mail", guards=[needs("statements.receive")])
async def choose_mail(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Have one's own statements mailed as PDF, or a link to them."""
    attached = (await read_form(request)).text("how", limit=10) == "attached"
    await choose(actor, attached=attached)
    told = (
        N_("From the next statement on its PDF comes along.")
        if attached
        else N_("From the next statement on a link comes.")
    )
    return redirect(request, "/statements", told)


@get(["/statements.csv", "/statements.xlsx"], guards=[needs("statements.read")])
async def list_as_file(request: PageRequest, actor: NamedDependency[Actor]) -> Stream:
    """The list of statements as a file."""
    return await hand_out(request, actor, statements_sheet(actor, _client(request, actor)), "statements.exported")


def _client(request: PageRequest, actor: Actor) -> UUID | None:
    """The client that the list is narrowed to; people of a client have but one."""
    return None if actor.client_id else id_in(request.query_params.get("client"))


@get("/statements/{statement_id:uuid}", guards=[needs("statements.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], statement_id: FromPath[UUID]) -> Response[Any]:
    """A statement: how it comes to what is paid, and its payments; ``open`` opens a fee, ``after`` is the next page."""
    return await show_statement(request, actor, statement_id)


async def show_statement(
    request: PageRequest, actor: Actor, statement_id: UUID, error: Refused | None = None, **values: str
) -> Response[Any]:
    """The page of a statement, with what could not be done on it."""
    statement = await load_statement(actor, statement_id)
    after = _number(request.query_params.get("after"))
    lines, more = await lines_of(actor, statement.id, after)
    clawed = await clawbacks_on(actor, statement.id)
    brought = [] if after or not statement.brought_minor else await brought_on(actor, [statement.id])
    credited = await lines_told_by(actor, statement.id)
    counts, (language, time_zone, _) = await counts_of(actor, statement.id), tastes(request, actor)
    with speaking(language, time_zone):
        terms, result = equation(statement, counts, to_client=not actor.is_staff)
        how, exchanged = parted(statement), paid_out(statement, to_client=not actor.is_staff)
        clawbacks = [] if after else clawed_sentences(statement.currency, clawed)
        given_back = [] if after else credited_sentences(statement.currency, credited)
    returned = [] if after else await returned_of(actor, statement.id)
    return render(
        request, "billing/statement.html", block="lines", status=422 if error else 200,
        statement=statement, lines=lines, counts=counts, terms=terms, result=result, parted=how, exchanged=exchanged,
        brought=brought, clawbacks=clawbacks, given_back=given_back, notes=await notes_told_by(actor, statement.id),
        returned=returned, returned_text=returned_text, today=await agency_day(actor),
        trust_accounts=await trust_accounts(actor, returned[0].currency) if returned and actor.is_staff else [],
        errors=shown(error), values=values, is_first_page=not after,
        following=lines[-1].position if more else None, opened=id_in(request.query_params.get("open")),
        beside=await beside(actor, statement), link=narrowed(request, forget=()), files=files(request, within=True),
    )  # fmt: skip


@get(["/statements/{statement_id:uuid}/csv", "/statements/{statement_id:uuid}/xlsx"], guards=[needs("statements.read")])
async def export(request: PageRequest, actor: NamedDependency[Actor], statement_id: FromPath[UUID]) -> Stream:
    """The lines of a statement as a file."""
    statement = await load_statement(actor, statement_id)
    sheet = lines_sheet(actor, statement)
    return await hand_out(request, actor, sheet, "statement.exported", ("statement", statement.id))


@get("/statements/{statement_id:uuid}/pdf", guards=[needs("statements.read")], opt={"apart": True})
async def document(request: PageRequest, actor: NamedDependency[Actor], statement_id: FromPath[UUID]) -> Response[Any]:
    """The document, in the language asked for or the reader's: what was kept, or what an unfinished statement says now."""
    language = known_language(request.query_params.get("language")) or tastes(request, actor)[0]
    async with transaction(actor.scope, read_only=True):
        statement = await load_statement(actor, statement_id)
        if statement.closed_at is None:
            return _file(await as_pdf(actor, statement, language), f"{statement.file_name}.pdf")
    paper = await made(actor.agency_id, "statement", statement.id, language)
    if paper is None:
        raise NotFound
    return _file(await bytes_of(paper), paper.file_name)


def _file(content: bytes, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": attachment(name), "Cache-Control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


ROUTES = [index, choose_mail, list_as_file, show, export, document]

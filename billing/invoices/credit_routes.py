"""Pages of credit notes, and the files of both: what was kept, by a link that lives a minute."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from billing.invoices import making
from billing.invoices.credit_notes import lines_of_note, list_credit_notes, load_credit_note
from billing.invoices.register import load_invoice
from billing.papers.keeping import kept
from billing.papers.opening import to_paper
from portal.pages.links import id_in, narrowed
from portal.pages.rendering import render
from portal.pages.toasts import PageRequest
from portal.people.actor import Actor
from portal.people.guards import needs

JOBS = (making,)
"""Imported so that a worker knows their jobs."""


@get("/credit-notes", guards=[needs("invoices.read")])
async def index(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The credit notes, the newest first."""
    notes, more = await list_credit_notes(actor, id_in(request.query_params.get("before")))
    return render(
        request, "billing/invoices/credit_notes.html", block="rows",
        notes=notes, following=notes[-1].id if more else None, link=narrowed(request),
    )  # fmt: skip


@get("/credit-notes/{credit_note_id:uuid}", guards=[needs("invoices.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], credit_note_id: FromPath[UUID]) -> Response[Any]:
    """A credit note, with the lines that it gives back."""
    note = await load_credit_note(actor, credit_note_id)
    lines = await lines_of_note(actor, note.id)
    return render(request, "billing/invoices/credit_note.html", note=note, lines=lines,
                  is_made=await kept(actor, "credit_note", note.id) is not None)  # fmt: skip


@get("/credit-notes/{credit_note_id:uuid}/document", guards=[needs("invoices.read")], status_code=303)
async def credit_note(actor: NamedDependency[Actor], credit_note_id: FromPath[UUID]) -> Redirect:
    """The document of a credit note."""
    return await to_paper(actor, "credit_note", (await load_credit_note(actor, credit_note_id)).id)


@get("/invoices/{invoice_id:uuid}/document", guards=[needs("invoices.read")], status_code=303)
async def invoice(actor: NamedDependency[Actor], invoice_id: FromPath[UUID]) -> Redirect:
    """The document of an invoice."""
    return await to_paper(actor, "invoice", (await load_invoice(actor, invoice_id)).id)


ROUTES = [index, show, credit_note, invoice]

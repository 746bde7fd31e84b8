"""Refunds to pay: what may leave each trust account by a file, whoever is paid by hand, and the files that were made."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.payment_files.keep import last_files_of_refunds
from billing.refunds.file import file_to_take, filings, make_refund_file, waiting
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.pages.forms import read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.guards import needs
from portal.people.routes.browser import shown
from portal.storage.store import attachment
from portal.tenancy.request import outlive

Page = Response[Any]


@get("/refunds", guards=[needs("payments.read")])
async def index(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """The approved refunds, by the trust account that they leave."""
    return await _index(request, actor)


async def _index(request: PageRequest, actor: Actor, error: Refused | None = None) -> Page:
    found, nowhere = await filings(actor)
    return render(
        request, "billing/refunds/to_pay.html", status=422 if error else 200,
        filings=found, nowhere=nowhere, waiting=await waiting(actor), files=await last_files_of_refunds(actor),
        today=await agency_day(actor), token=new_id(), errors=shown(error),
    )  # fmt: skip


@post("/refunds/files", guards=[needs("payments.record")])
async def make(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """Make the file of what may leave a trust account today; it is made once."""
    form = await read_form(request)
    account_id = form.id("account")
    if account_id is None:
        raise NotFound
    try:
        await make_refund_file(actor, account_id, form.needed_id("token"))
    except Refused as error:
        return await _index(request, actor, error)
    return redirect(request, "/refunds", N_("Made. Give it to the bank; it pays nobody twice, and stays as it is."))


@get("/refunds/files/{payment_file_id:uuid}", guards=[needs("payments.record")])
async def take(request: PageRequest, actor: NamedDependency[Actor], payment_file_id: FromPath[UUID]) -> Page:
    """A file, the same bytes each time; who took it stays in the trail."""
    made, content = await file_to_take(actor, payment_file_id)

    async def remember() -> None:
        await record(actor, "refunds.file_taken", "payment_file", made.id)

    outlive(request.scope, remember)
    headers = {"Content-Disposition": attachment(made.file_name), "Cache-Control": "no-store"}
    return Response(content, media_type="application/xml", headers=headers)


ROUTES = [index, make, take]

"""The debtor's page as the agency sees it beside a case: its links, and what the debtor said there."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.casework import load_case
from cases.claim_page.confirming import confirmations_of
from cases.claim_page.hardship import latest_hardship
from cases.claim_page.links import LASTS_DAYS, links_of, make_link, revoke_links, send_link
from cases.claim_page.wishes import CHANNELS, latest_wish
from portal import clock
from portal.errors import Refused
from portal.pages.rendering import render
from portal.pages.text import LANGUAGES, N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.guards import needs

READ, WORK = needs("debtors.read"), needs("cases.work")


@get("/cases/{case_id:uuid}/claim-page", guards=[READ])
async def show(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """A part of the case's page, and a page of its own."""
    return await _page(request, actor, case_id)


async def _page(
    request: PageRequest, actor: Actor, case_id: UUID, *, address: str = "", refusal: Refused | None = None
) -> Response[Any]:
    case = await load_case(actor, case_id)
    now = clock.now()
    links = await links_of(actor, case_id)
    return render(
        request, "cases/claim/desk.html", block="part", status=refusal.status if refusal else 200,
        case=case, links=links, standing=[link for link in links if link.holds(now)], address=address, days=LASTS_DAYS,
        refusal=refusal, hardship=await latest_hardship(actor, case_id), wish=await latest_wish(actor, case_id),
        confirmations=await confirmations_of(actor, case_id), channels=CHANNELS, languages=LANGUAGES,
    )  # fmt: skip


@post("/cases/{case_id:uuid}/claim-page/links", guards=[WORK])
async def make(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Make a link and show its address, this once."""
    return await _page(request, actor, case_id, address=await make_link(actor, case_id))


@post("/cases/{case_id:uuid}/claim-page/mail", guards=[WORK])
async def mail(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Have a link mailed to the debtor."""
    try:
        await send_link(actor, case_id, "asked")
    except Refused as refusal:
        return await _page(request, actor, case_id, refusal=refusal)
    return redirect(request, f"/cases/{case_id}", N_("The private link is on its way."))


@post("/cases/{case_id:uuid}/claim-page/revoke", guards=[WORK])
async def revoke(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Revoke every link of the case."""
    await revoke_links(actor, case_id)
    return redirect(request, f"/cases/{case_id}", N_("The private links are revoked."))


ROUTES: list[Any] = [show, make, mail, revoke]

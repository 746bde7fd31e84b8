"""The account with a debtor: a page, a letter to confirm it by, and files."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from cases.account.document import as_pdf
from cases.account.letter import fix_for_letter
from cases.account.register import Account, account_of, with_interest
from cases.account.sheet import account_sheet
from cases.account.words import GROUP_TEXTS, KINDS
from cases.casework import load_case
from portal.pages.links import narrowed
from portal.pages.rendering import render, tastes
from portal.pages.sheet import hand_out
from portal.pages.text import N_, known_language
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.guards import needs
from portal.storage.store import attachment

MOST_SHOWN: Final = 500
"""Lines on the page; the earlier ones of a longer account are brought forward, and are in the files."""


@get("/cases/{case_id:uuid}/account", guards=[needs("cases.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """The account at the end of a day, today's or the one asked for."""
    account = await _account(request, actor, case_id)
    here = request.url.path
    return render(
        request, "cases/account.html",
        case=account.case, account=account, lines=account.lines[-MOST_SHOWN:], left_out=account.lines[:-MOST_SHOWN],
        kinds=KINDS, groups=GROUP_TEXTS, today=await agency_day(actor),
        files={name: narrowed(request, path=f"{here}/{name.lower()}")() for name in ("PDF", "CSV", "XLSX")},
    )  # fmt: skip


async def _account(request: PageRequest, actor: Actor, case_id: UUID) -> Account:
    case = await load_case(actor, case_id)
    on = _day(request.query_params.get("on")) or await agency_day(actor)
    return await with_interest(actor, await account_of(actor, case, on))


def _day(text: str | None) -> date | None:
    """The day that the address names; what is none counts as none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@get(["/cases/{case_id:uuid}/account/csv", "/cases/{case_id:uuid}/account/xlsx"], guards=[needs("cases.read")])
async def export(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Stream:
    """Its lines as a file."""
    account = await _account(request, actor, case_id)
    return await hand_out(request, actor, account_sheet(account), "debtor_account.exported", ("case", case_id))


@get("/cases/{case_id:uuid}/account/pdf", guards=[needs("cases.read")])
async def document(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[bytes]:
    """The letter, in the language asked for or the reader's."""
    account = await _account(request, actor, case_id)
    language = known_language(request.query_params.get("language")) or tastes(request, actor)[0]
    content = await as_pdf(actor, account, language)
    name = f"account-{account.case.number}-{account.on.isoformat()}.pdf"
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": attachment(name)})


@post("/cases/{case_id:uuid}/account/letter", guards=[needs("interest.set")])
async def make_letter(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Fix what is owed today, interest with it, for a letter; the page has the letter of that day."""
    account = await fix_for_letter(actor, case_id)
    url = f"/cases/{case_id}/account?on={account.on.isoformat()}"
    return redirect(request, url, N_("Interest to today is in the balance now: the letter of today names it."))


ROUTES = [show, export, document, make_letter]

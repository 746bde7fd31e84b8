"""The settings of an agency, edited by its owner."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from portal.audit.words import fact_word
from portal.editing import ChangedMeanwhile, Editing, opened, overtaken, refused, seen
from portal.errors import NotFound, Refused
from portal.money import CURRENCIES
from portal.pages.forms import Form, read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_settings import AgencySettings, change_settings, currency_is_fixed, load_settings
from portal.people.guards import needs, signed_in
from portal.people.memberships import without_second_factor
from portal.people.profile import time_zones
from portal.people.routes.browser import Shown

MANAGE = needs("agency.manage")


@get("/settings", guards=[MANAGE])
async def show(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The agency's settings."""
    return await _page(request, actor, opened(_texts(await load_settings(actor))))


@post("/settings", guards=[MANAGE])
async def change(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Keep them."""
    form = await read_form(request)
    try:
        await change_settings(actor, _settings(form), _settings(seen(form)))
    except ChangedMeanwhile as error:
        return await _page(request, actor, overtaken(form, _texts(await load_settings(actor)), error))
    except Refused as error:
        return await _page(request, actor, refused(form, error))
    return redirect(request, "/settings", N_("Saved."))


@get("/own-agency", guards=[signed_in])
async def show_the_way(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """How one begins with an agency of one's own; for whoever looks at the sample."""
    if not actor.is_sample or not actor.is_staff:
        raise NotFound
    return render(request, "portal/people/own_agency.html", command=".venv/bin/portal")


async def _page(request: PageRequest, actor: Actor, editing: Editing) -> Response[Any]:
    kept = await load_settings(actor)
    return render(
        request, "portal/people/settings.html", status=editing.status,
        editing=editing, values=editing.values, errors=Shown(editing.errors), kept=kept,
        currency_fixed=await currency_is_fixed(actor), currencies=sorted(CURRENCIES),
        time_zones=sorted({kept.time_zone, *time_zones()}), unproven=await without_second_factor(actor),
        fact_word=fact_word,
    )  # fmt: skip


def _settings(form: Form) -> AgencySettings:
    return AgencySettings(
        name=form.text("name", required=True),
        address=form.lines("address"),
        licence=form.lines("licence"),
        complaints=form.lines("complaints"),
        privacy=form.lines("privacy"),
        vat_number=form.text("vat_number").replace(" ", "").upper(),
        language=form.text("language"),
        time_zone=form.text("time_zone"),
        base_currency=form.text("base_currency"),
        password_approves_money=form.flag("password_approves_money"),
        retention_years=form.whole("retention_years", 0),
        unfinished_days=form.whole("unfinished_days", 0),
        send_receipts=form.flag("send_receipts"),
    )


def _texts(settings: AgencySettings) -> dict[str, str]:
    """The settings as they stand in the form."""
    return {
        "name": settings.name,
        "address": settings.address,
        "licence": settings.licence,
        "complaints": settings.complaints,
        "privacy": settings.privacy,
        "vat_number": settings.vat_number,
        "language": settings.language,
        "time_zone": settings.time_zone,
        "base_currency": settings.base_currency,
        "password_approves_money": "1" if settings.password_approves_money else "",
        "retention_years": str(settings.retention_years),
        "unfinished_days": str(settings.unfinished_days),
        "send_receipts": "1" if settings.send_receipts else "",
    }


ROUTES = [show, change, show_the_way]

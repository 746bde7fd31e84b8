"""The page on which an agency's owner decides how cards are taken."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from billing.cards import processor
from billing.cards.accounts import METHODS, account_of
from billing.cards.objects import KeyRefused, Rejected
from billing.cards.settings import KeptAccount, WantedAccount, change_account, kept_account, stamp
from portal.errors import Refused, Unanswered
from portal.pages.forms import Form, Typed, read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.people.routes.browser import settings_of, shown

MANAGE = needs("agency.manage")
METHOD_TEXTS = {"card": N_("Card"), "sepa_debit": N_("SEPA direct debit")}


@get("/settings/cards", guards=[MANAGE])
async def show(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """How cards are taken."""
    return await _page(request, actor)


@post("/settings/cards", guards=[MANAGE])
async def change(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Keep it."""
    form = await read_form(request)
    wanted = WantedAccount(
        mode=form.text("mode", limit=20),
        publishable_key=form.text("publishable_key", limit=300),
        secret_key=form.text("secret_key", limit=300),
        webhook_secret=form.text("webhook_secret", limit=300),
        methods=tuple(method for method in METHODS if form.flag(method)),
        is_on=form.flag("is_on"),
    )
    try:
        await change_account(actor, wanted, form.text("seen", limit=40))
    except Refused as error:
        return await _page(request, actor, error, form)
    return redirect(request, "/settings/cards", N_("Saved."))


@post("/settings/cards/trial", guards=[MANAGE])
async def try_out(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Ask the processor for something harmless, to see whether it knows us."""
    try:
        await processor.processor_with(await account_of(actor.agency_id)).try_out()
    except (KeyRefused, Rejected):
        return await _page(request, actor, Refused(N_("The processor does not accept this key."), code="key_refused"))
    except Unanswered:
        return await _page(request, actor, Refused(N_("The processor does not answer. Try again later."), code="away"))
    except Refused as error:
        return await _page(request, actor, error)
    return redirect(request, "/settings/cards", N_("The processor knows this account."))


async def _page(
    request: PageRequest, actor: Actor, error: Refused | None = None, form: Form | None = None
) -> Response[Any]:
    kept = await kept_account(actor)
    settings = settings_of(request)
    return render(
        request, "billing/cards/settings.html", status=422 if error else 200,
        kept=kept, errors=shown(error), values=Typed(form.values() if form else _values(kept)), seen=stamp(kept),
        methods=METHOD_TEXTS, hook=f"{settings.base_url}/hooks/stripe/{actor.agency_id}",
        platform=settings.stripe_secret_key is not None,
    )  # fmt: skip


def _values(kept: KeptAccount) -> dict[str, str]:
    """What stands in the form. Secrets never do."""
    chosen = dict.fromkeys(kept.methods.split(","), "1")
    return {
        "mode": kept.mode, "publishable_key": kept.publishable_key, "is_on": "1" if kept.is_on else "", **chosen,
    }  # fmt: skip


ROUTES = [show, change, try_out]

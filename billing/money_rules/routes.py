"""The page of an agency's rules of money."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency

from billing.deadlines.rules import LAWS
from billing.money_rules.rules import NAMES, MoneyRules, change_rules, rules_of
from portal.audit.words import fact_word
from portal.editing import ChangedMeanwhile, Editing, opened, overtaken, refused, seen
from portal.errors import Refused
from portal.pages.forms import Form, read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.people.routes.browser import Shown

PLACE: Final = "/bank/rules"


@get(PLACE, guards=[needs("bank.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The rules."""
    return await _page(request, actor, opened(_texts(await rules_of(actor))))


@post(PLACE, guards=[needs("money_rules.manage")])
async def change(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Keep them."""
    form = await read_form(request)
    try:
        await change_rules(actor, _rules(form), _rules(seen(form)))
    except ChangedMeanwhile as error:
        return await _page(request, actor, overtaken(form, _texts(await rules_of(actor)), error))
    except Refused as error:
        return await _page(request, actor, refused(form, error))
    return redirect(request, PLACE, N_("Saved."))


async def _page(request: PageRequest, actor: Actor, editing: Editing) -> Response[Any]:
    return render(
        request, "billing/money_rules/show.html", status=editing.status,
        editing=editing, values=editing.values, errors=Shown(editing.errors), defaults=MoneyRules(),
        laws=LAWS, may_change=actor.may("money_rules.manage"), fact_word=fact_word,
    )  # fmt: skip


def _rules(form: Form) -> MoneyRules:
    figures = {name: form.whole(name, -1) for name in NAMES if name != "law"}
    return MoneyRules(**figures, law=form.text("law", limit=10))


def _texts(rules: MoneyRules) -> dict[str, str]:
    """The rules as they stand in the form."""
    return {name: str(getattr(rules, name)) for name in NAMES}


ROUTES = [show, change]

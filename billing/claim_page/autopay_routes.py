"""The debtor has the payments of an agreement collected: consent, the card, and taking it back."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency

from billing.cards.accounts import offered_by
from billing.cards.autopay import expected
from billing.cards.browser import element
from billing.cards.methods import (
    Consent,
    check_consent,
    consent_words,
    finish,
    keep,
    method_name,
    method_of,
    set_up,
    withdraw,
)
from billing.cards.objects import Declined, Given, Rejected, Setup
from billing.cards.words import failure_text
from cases.claim_page.overview import own_case
from cases.claim_page.pages import claim_render
from cases.plans.register import running_plan
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.forms import Form, Typed, read_form
from portal.pages.text import N_, speaking
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.behalf import with_the_agencys_eyes
from portal.people.guards import needs
from portal.people.routes.browser import SMALL_FORM, sender_of, settings_of, shown
from portal.tenancy.database import transaction

PAY: Final = needs("claim.pay")
APART: Final = {"apart": True}


@get("/claim/autopay", guards=[PAY])
async def show(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What is collected from where; or the consent and the card."""
    return await _page(request, actor, Form({"token": str(new_id())}))


@post("/claim/autopay", guards=[PAY], opt=APART, request_max_body_size=SMALL_FORM)
async def save(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Keep the card. Where the bank wants a confirmation, the page comes back for it with what was agreed to."""
    form = await read_form(request)
    token = form.needed_id("token")
    try:
        consent = await _consent_in(request, actor, form)
        setup_id, method = form.text("setup", limit=200), form.text("method", limit=200)
        if not setup_id and not method:
            raise Refused(N_("The card could not be read. Please type it again."), code="no_method")
        sender = sender_of(request)
        given = Given(method, form.text("kind", limit=40), sender.address, sender.user_agent)
        setup = await finish(actor, token, setup_id) if setup_id else await set_up(actor, token, given)
        if setup.status == "requires_action" and not setup_id:
            async with transaction(actor.scope, read_only=True):
                return await _page(request, actor, form, confirms=setup)
        if setup.status != "succeeded" or setup.method is None:
            raise Refused(N_("Your bank did not allow it. Please try another card."), code="not_kept")
        async with transaction(actor.scope):
            await keep(actor, setup, setup.method, consent)
    except (Declined, Rejected) as no:
        return await _again(request, actor, form, Refused(failure_text(no.code), code="declined"))
    except Refused as refusal:
        return await _again(request, actor, form, refusal)
    return redirect(request, "/claim/autopay")


@post("/claim/autopay/end", guards=[PAY], request_max_body_size=SMALL_FORM)
async def end(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Collect nothing any more."""
    await withdraw(actor, (await own_case(actor)).id)
    return redirect(request, "/claim/autopay", N_("Withdrawn. Please pay each instalment yourself from now on."))


async def _consent_in(request: PageRequest, actor: Actor, form: Form) -> Consent:
    async with transaction(actor.scope, read_only=True):
        case = await own_case(actor)
    with speaking(actor.language, actor.time_zone):
        words = consent_words(actor.agency_name, case)
    consent = Consent(
        name=form.text("name", limit=200),
        agrees=form.flag("agrees"),
        words=words,
        address=sender_of(request).address,
    )
    check_consent(consent)
    return consent


async def _again(request: PageRequest, actor: Actor, form: Form, refusal: Refused) -> Response[Any]:
    """The form once more: what was typed stays, and the card is typed again under another token."""
    anew = Form({**form.values(), "token": str(new_id())})
    async with transaction(actor.scope, read_only=True):
        return await _page(request, actor, anew, refusal)


async def _page(
    request: PageRequest, actor: Actor, form: Form, refusal: Refused | None = None, confirms: Setup | None = None
) -> Response[Any]:
    case, cards = await own_case(actor), await offered_by(actor)
    async with with_the_agencys_eyes(actor) as portal:
        method, plan = await method_of(portal, case.id), await running_plan(portal, case)
        following = await expected(portal, plan, method) if method is not None and plan is not None else None
    with speaking(actor.language, actor.time_zone):
        words = consent_words(actor.agency_name, case)
    drawn = element(settings_of(request))
    return await claim_render(
        request, actor, "billing/claim/autopay.html", status=422 if refusal else 200,
        headers={"content-security-policy": drawn.policy}, case=case, cards=cards, plan=plan, method=method,
        name_of_method=method_name(method) if method else "",
        following=following, words=words, script=drawn.script, secret=confirms.client_secret if confirms else "",
        setup_id=confirms.id if confirms else "", values=Typed(form.values()), errors=shown(refusal), refusal=refusal,
    )  # fmt: skip


ROUTES: list[Any] = [show, save, end]

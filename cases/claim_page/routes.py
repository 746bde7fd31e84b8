"""The way into the debtor's page, its overview, and the way out."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.claim_page import answers, desk, mail, offers  # noqa: F401 - registers jobs and sections
from cases.claim_page.overview import claim_of
from cases.claim_page.pages import UNSEEN, claim_render, visit_of
from cases.claim_page.proof import LONGEST_VISIT, Proof, ask_for_code, prove, sign_out, speak
from portal import clock
from portal.errors import Refused
from portal.pages.forms import read_form
from portal.pages.rendering import render, tastes
from portal.pages.text import known_language
from portal.pages.toasts import PageRequest, redirect
from portal.people import attempts
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.people.routes.browser import SMALL_FORM, forget_cookie, keep_cookie, sender_of, shown
from portal.people.routes.login import refusal
from portal.tenancy.database import NOBODY, transaction
from portal.tenancy.request import CLAIM_COOKIE

READ = needs("claim.read")


@get("/claim/{token:str}", opt={"public": True, "outside": True})
async def show_proof(request: PageRequest, token: FromPath[str]) -> Response[Any]:
    """Ask for the proof. Nothing is looked up: the page is the same for every link there might be."""
    return _ask(request, token)


def _ask(
    request: PageRequest, token: str, *, reference: str = "", sent: bool = False, error: Refused | None = None
) -> Response[Any]:
    answer = refusal(error) if error else {}
    answer["headers"] = {**UNSEEN, **answer.get("headers", {})}
    return render(
        request, "cases/claim/proof.html", token=token, reference=reference, sent=sent, errors=shown(error), **answer
    )


@post("/claim/{token:str}", opt={"public": True, "outside": True}, request_max_body_size=SMALL_FORM)
async def give_proof(request: PageRequest, token: FromPath[str]) -> Response[Any]:
    """Prove to be the debtor, or have a code mailed. Its own transactions: a wrong proof is counted before it is judged."""
    form = await read_form(request)
    now, sender = clock.now(), sender_of(request)
    if form.flag("mail"):
        try:
            async with transaction(NOBODY):
                await ask_for_code(token, sender.address, now)
        except attempts.TooManyAttempts:
            pass  # the impatient are answered like everybody
        return _ask(request, token, sent=True)
    try:
        proof = Proof(*(form.text(name, limit=200) for name in ("reference", "postal_code", "code")))
        language = tastes(request, None)[0]
        request_id = request.scope["request_id"]  # type: ignore[typeddict-item]
        opened = await prove(token, proof, language, sender, now, request_id)
    except Refused as error:
        return _ask(request, token, reference=form.values().get("reference", "")[:200], error=error)
    response = redirect(request, "/claim")
    keep_cookie(request, response, CLAIM_COOKIE, opened.token, LONGEST_VISIT)
    return response


@get("/claim", guards=[READ])
async def show(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What is owed, to whom, and what may be done about it."""
    return await claim_render(request, actor, "cases/claim/overview.html", claim=await claim_of(actor))


@post("/claim/language", guards=[READ], request_max_body_size=SMALL_FORM)
async def change_language(request: PageRequest) -> Response[Any]:
    """Read the pages in another language."""
    form = await read_form(request)
    await speak(visit_of(request), known_language(form.text("language")) or "en")
    target = form.text("next", limit=200)
    return redirect(request, target if target.startswith("/claim/") else "/claim")


@post("/claim/sign-out", guards=[READ])
async def leave(request: PageRequest) -> Response[Any]:
    """End the visit."""
    await sign_out(visit_of(request), clock.now())
    response = render(request, "cases/claim/left.html", headers=UNSEEN)
    forget_cookie(response, CLAIM_COOKIE)
    return response


ROUTES: list[Any] = [show_proof, give_proof, show, change_language, leave, *answers.ROUTES, *desk.ROUTES]

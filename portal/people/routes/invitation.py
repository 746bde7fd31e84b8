"""Accepting an invitation."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from portal import clock
from portal.errors import NotFound, Refused
from portal.pages.forms import Form, read_form
from portal.pages.rendering import render
from portal.pages.toasts import PageRequest, redirect
from portal.people import invitations, login, passwords, sessions
from portal.people.invitations import Offer
from portal.people.login import Opened
from portal.people.routes.browser import SMALL_FORM, let_in, secret, sender_of, shown, token_of
from portal.people.routes.login import refusal
from portal.people.vocabulary import ROLE_MEANINGS, next_step
from portal.tenancy.database import NOBODY, Scope, transaction


@get("/invitation/{token:str}", opt={"public": True})
async def show(request: PageRequest, token: FromPath[str]) -> Response[Any]:
    """What is offered. Opening the link changes nothing."""
    try:
        offered = await invitations.open_offer(token, clock.now())
    except NotFound:
        return render(request, "portal/link_over.html", status=404, again=None)
    return _page(request, token, offered)


@post("/invitation/{token:str}", opt={"public": True, "outside": True}, request_max_body_size=SMALL_FORM)
async def accept(request: PageRequest, token: FromPath[str]) -> Response[Any]:
    """Accept: with a name and a new password, or with the password one has. Used up by that."""
    form = await read_form(request)
    try:
        async with transaction(NOBODY, read_only=True):
            offered = await invitations.open_offer(token, clock.now())
        try:
            opened = await _accept(request, token, offered, form)
        except Refused as error:
            return _page(request, token, offered, error, form.values().get("name", ""))
    except NotFound:
        return render(request, "portal/link_over.html", status=404, again=None)
    response = redirect(request, next_step(opened.visitor, "/"))
    let_in(request, response, opened)
    return response


async def _accept(request: PageRequest, token: str, offered: Offer, form: Form) -> Opened:
    """Nothing is held while the password is hashed; the link is looked at again when it is used up."""
    now, sender = clock.now(), sender_of(request)
    password = secret(form, "password")
    proved: login.Proved | None = None
    if offered.is_known:
        name, hashed = None, None
        proved = await login.prove(offered.email, password, sender, now)
        scope = Scope(user_id=proved.user_id)
    else:
        name = form.text("name", limit=120)
        invitations.check_newcomer(offered, name, password)
        hashed, scope = await passwords.hash_password(password), NOBODY
    async with transaction(scope):
        if proved is not None:
            await login.hold(proved.password_hash)
        request_id = request.scope["request_id"]  # type: ignore[typeddict-item]
        _, membership_id = await invitations.accept(token, now, name=name, password_hash=hashed, request_id=request_id)
        if old_token := token_of(request):
            await sessions.end_by_token(old_token, now)
        return await login.open_for(membership_id, sender, now, request_id)


def _page(
    request: PageRequest, token: str, offered: Offer, error: Refused | None = None, name: str = ""
) -> Response[Any]:
    status = refusal(error) if error else {}
    return render(
        request, "portal/invitation.html",
        token=token, offer=offered, meaning=ROLE_MEANINGS[offered.role], errors=shown(error), name=name, **status,
    )  # fmt: skip


ROUTES = [show, accept]

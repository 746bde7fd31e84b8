"""Signing in, the second step, for whom to act, signing out."""

from contextlib import suppress
from typing import Any

from litestar import Response, get, post

from portal import clock
from portal.errors import NotFound, Refused
from portal.pages.forms import read_form
from portal.pages.rendering import render
from portal.pages.returning import own_path
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people import attempts, login
from portal.people.guards import SignInNeeded, visiting
from portal.people.routes.browser import (
    SMALL_FORM,
    forget_token,
    keep_token,
    let_in,
    secret,
    sender_of,
    settings_of,
    shown,
    token_of,
    visitor_of,
)
from portal.people.trail import own_memberships
from portal.people.vocabulary import next_step


@get("/login", opt={"public": True})
async def show_login(request: PageRequest) -> Response[Any]:
    """The sign-in; whoever is in already goes on."""
    target = own_path(request.query_params.get("next", ""))
    visitor = visitor_of(request)
    if visitor is not None:
        return redirect(request, next_step(visitor, target))
    return render(request, "portal/login.html", next=target, email="", errors=shown())


@post("/login", opt={"public": True, "outside": True}, request_max_body_size=SMALL_FORM)
async def log_in(request: PageRequest) -> Response[Any]:
    """Sign in. No transaction is open while the password is hashed: see `portal.people.login`."""
    form = await read_form(request)
    target = own_path(form.text("next", limit=2000))
    try:
        opened = await login.log_in(
            form.text("email", required=True, limit=254), secret(form, "password"), sender_of(request), clock.now(),
            old_token=token_of(request), request_id=request.scope["request_id"],  # type: ignore[typeddict-item]
        )  # fmt: skip
    except Refused as error:
        email = form.values().get("email", "")[:254]
        return render(request, "portal/login.html", next=target, email=email, errors=shown(error), **refusal(error))
    response = redirect(request, next_step(opened.visitor, target))
    let_in(request, response, opened)
    return response


def refusal(error: Refused) -> dict[str, Any]:
    """Status and headers of a refused attempt: 429 when one has to wait."""
    if isinstance(error, attempts.TooManyAttempts):
        return {"status": 429, "headers": {"Retry-After": str(int(attempts.WINDOW.total_seconds()))}}
    return {"status": 422}


@get("/login/code", opt={"public": True})
async def show_code(request: PageRequest) -> Response[Any]:
    """The second step, for whoever still owes it."""
    target = own_path(request.query_params.get("next", ""))
    visitor = visitor_of(request)
    if visitor is None:
        raise SignInNeeded
    if not visitor.second_factor_due:
        return redirect(request, next_step(visitor, target))
    return render(request, "portal/login_code.html", next=target, errors=shown())


@post("/login/code", opt={"public": True, "outside": True}, request_max_body_size=SMALL_FORM)
async def give_code(request: PageRequest) -> Response[Any]:
    """Give the code of the authenticator, or a recovery code."""
    form = await read_form(request)
    target = own_path(form.text("next", limit=2000))
    try:
        opened = await login.pass_second_factor(
            token_of(request) or "", form.text("code", required=True, limit=40), sender_of(request), clock.now(),
            settings_of(request).secret_key, request_id=request.scope["request_id"],  # type: ignore[typeddict-item]
        )  # fmt: skip
    except Refused as error:
        return render(request, "portal/login_code.html", next=target, errors=shown(error), **refusal(error))
    response = redirect(request, next_step(opened.visitor, target))
    let_in(request, response, opened)
    return response


@get("/choose", guards=[visiting])
async def show_choice(request: PageRequest) -> Response[Any]:
    """The agencies and clients that the visitor may act for."""
    visitor = visitor_of(request)
    if visitor is None or visitor.second_factor_due:
        raise SignInNeeded
    target = own_path(request.query_params.get("next", ""))
    current = visitor.actor.membership_id if visitor.actor else None
    return render(
        request, "portal/choose.html", memberships=await own_memberships(), current=current, next=target,
        name=visitor.name,
    )  # fmt: skip


@post("/choose", guards=[visiting])
async def choose(request: PageRequest) -> Response[Any]:
    """Act for one of them from now on."""
    visitor = visitor_of(request)
    if visitor is None or visitor.second_factor_due:
        raise SignInNeeded
    form = await read_form(request)
    membership_id = form.id("membership")
    if membership_id is None:
        raise NotFound
    opened = await login.choose(
        visitor, membership_id, sender_of(request), clock.now(), request.scope["request_id"]  # type: ignore[typeddict-item]
    )  # fmt: skip
    # A page of the agency that is left does not exist in the one that is entered.
    target = own_path(form.text("next", limit=2000)) if visitor.actor is None else "/"
    response = redirect(request, target)
    keep_token(request, response, opened.token)
    return response


@post("/logout", opt={"public": True})
async def log_out(request: PageRequest) -> Response[Any]:
    """End the session; the cookie goes whether it held or not."""
    visitor = visitor_of(request)
    if visitor is not None:
        with suppress(NotFound):  # another request has ended it in this moment
            await login.log_out(visitor, clock.now())
    response = redirect(request, "/login", N_("You are logged out."))
    forget_token(response)
    return response


ROUTES = [show_login, log_in, show_code, give_code, show_choice, choose, log_out]

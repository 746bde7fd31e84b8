"""A new password by e-mail."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from portal import clock
from portal.errors import NotFound, Refused
from portal.pages.forms import read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people import attempts, passwords, resets
from portal.people.routes.browser import SMALL_FORM, forget_token, secret, sender_of, shown
from portal.tenancy.database import NOBODY, transaction


@get("/reset", opt={"public": True})
async def show_ask(request: PageRequest) -> Response[Any]:
    """Ask for a link."""
    return render(request, "portal/reset.html", errors=shown(), email="", asked=False)


@post("/reset", opt={"public": True})
async def ask(request: PageRequest) -> Response[Any]:
    """Mail a link, if the e-mail is anybody's. The answer is the same for everybody, also for the impatient."""
    form = await read_form(request)
    try:
        email = form.text("email", required=True, limit=254)
        await resets.ask(email, sender_of(request).address, clock.now())
    except attempts.TooManyAttempts:
        pass
    except Refused as error:
        return render(request, "portal/reset.html", status=422, errors=shown(error), email="", asked=False)
    return render(request, "portal/reset.html", errors=shown(), email=email, asked=True)


@get("/reset/{token:str}", opt={"public": True})
async def show_new(request: PageRequest, token: FromPath[str]) -> Response[Any]:
    """Choose a new password. Opening the link uses nothing up."""
    try:
        reset = await resets.open_reset(token, clock.now())
    except NotFound:
        return render(request, "portal/link_over.html", status=404, again="/reset")
    return render(request, "portal/reset_new.html", errors=shown(), token=token, email=reset.email)


@post("/reset/{token:str}", opt={"public": True, "outside": True}, request_max_body_size=SMALL_FORM)
async def set_new(request: PageRequest, token: FromPath[str]) -> Response[Any]:
    """Set the new password, use the link up, and end every session. No transaction is open while it is hashed."""
    form = await read_form(request)
    try:
        async with transaction(NOBODY, read_only=True):
            reset = await resets.open_reset(token, clock.now())
        password = secret(form, "password")
        resets.check_new(reset, password)
        hashed = await passwords.hash_password(password)
        async with transaction(NOBODY):
            await resets.consume(token, hashed, clock.now(), request.scope["request_id"])  # type: ignore[typeddict-item]
    except NotFound:
        return render(request, "portal/link_over.html", status=404, again="/reset")
    except Refused as error:
        return render(request, "portal/reset_new.html", status=422, errors=shown(error), token=token, email=reset.email)
    response = redirect(request, "/login", N_("Your new password holds. Please log in."))
    forget_token(response)
    return response


ROUTES = [show_ask, ask, show_new, set_new]

"""One's own account: profile, password, second factor, sessions."""

from typing import Any
from uuid import UUID

import segno
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal import clock
from portal.errors import NotFound, Refused
from portal.pages.forms import Form, read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people import attempts, profile, second_factor, sessions
from portal.people.actor import Actor
from portal.people.arrival import IDLE
from portal.people.guards import signed_in
from portal.people.profile import Profile
from portal.people.routes.browser import keep_tastes, keep_token, secret, sender_of, settings_of, shown
from portal.people.routes.login import refusal
from portal.people.tables import Purpose
from portal.tenancy.request import settle


@get("/me", guards=[signed_in])
async def show(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The account page."""
    return await _page(request, actor)


async def _page(
    request: PageRequest, actor: Actor, wanted: Profile | None = None, error: Refused | None = None, place: str = ""
) -> Response[Any]:
    """The account page; a refusal stands in the panel ``place``."""
    now = clock.now()
    status = refusal(error) if error else {}
    return render(
        request, "portal/people/account.html",
        profile=wanted or profile.own_profile(actor), time_zones=profile.time_zones(),
        credentials=await second_factor.own_credentials(),
        sessions=await sessions.own_sessions(actor.session_id, now, now - IDLE),
        errors=shown(error, place), errors_in=place, **status,
    )  # fmt: skip


@post("/me/profile", guards=[signed_in])
async def change_profile(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Keep name, language, time zone and colours."""
    form = await read_form(request)
    wanted = Profile(
        name=form.text("name"),
        language=form.text("language"),
        time_zone=form.text("time_zone"),
        theme=form.text("theme"),
    )
    try:
        await profile.change_profile(actor, wanted)
    except Refused as error:
        return await _page(request, actor, wanted, error)
    response = redirect(request, "/me", N_("Saved."))
    keep_tastes(request, response, language=wanted.language, theme=wanted.theme)
    return response


@post("/me/password", guards=[signed_in])
async def change_password(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Change the password; every other session ends."""
    form = await read_form(request)
    try:
        await _prove(request, actor, form)
        new = secret(form, "new_password")
        await profile.check_new_password(actor, new, form.values().get("repeated", ""))
    except Refused as error:
        return await _page(request, actor, error=error, place="password_form")
    token = await profile.change_password(actor, new, clock.now())
    return _turned(request, token, N_("Your new password holds. All other sessions have ended."))


async def _prove(request: PageRequest, actor: Actor, form: Form) -> None:
    """Ask for the current password again; wrong ones count as attempts at the account, whatever becomes of the page.

    Raises:
        TooManyAttempts: too many were wrong.
        Refused: it is wrong.
    """
    typed = secret(form, "current_password")
    attempt = await attempts.begin(Purpose.PASSWORD, actor.email, sender_of(request).address, clock.now())
    if await profile.check_own_password(typed):
        await attempts.succeeded(attempt)
        return
    await attempts.tell_failure(attempt)
    # Nothing else was written so far. Counted only afterwards, guesses made at once would slip past the limit together.
    settle(request.scope, commit=True)
    raise Refused(N_("This is not your password."), field="current_password", code="wrong_password")


def _turned(request: PageRequest, token: str, message: str) -> Response[Any]:
    response = redirect(request, "/me", message)
    keep_token(request, response, token)
    return response


@post("/me/second-factor", guards=[signed_in])
async def prepare_second_factor(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Begin to set an authenticator up: a fresh seed that a first code confirms."""
    form = await read_form(request)
    assert actor.user_id is not None
    try:
        await _prove(request, actor, form)
        await second_factor.prepare(actor.user_id, settings_of(request).secret_key)
    except Refused as error:
        return await _page(request, actor, error=error, place="second_factor_form")
    return redirect(request, "/me/second-factor")


@get("/me/second-factor", guards=[signed_in])
async def show_second_factor(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The seed as a picture and as text, and the field for the first code."""
    return await _set_up_page(request, actor)


async def _set_up_page(request: PageRequest, actor: Actor, error: Refused | None = None) -> Response[Any]:
    assert actor.user_id is not None
    seed = await second_factor.prepared_seed(actor.user_id, settings_of(request).secret_key)
    if seed is None:
        return redirect(request, "/me")
    picture = segno.make(second_factor.address_of(seed, actor.email, actor.agency_name), error="m")
    spaced = " ".join(seed[at : at + 4] for at in range(0, len(seed), 4))
    return render(
        request, "portal/people/second_factor.html", status=422 if error else 200,
        picture=picture.svg_data_uri(scale=5, border=2, dark="#000", light="#fff"), seed=spaced, errors=shown(error),
    )  # fmt: skip


@post("/me/second-factor/confirm", guards=[signed_in])
async def confirm_second_factor(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Turn the second factor on with a first code; the recovery codes are shown this once."""
    form = await read_form(request)
    assert actor.user_id is not None
    try:
        code = form.text("code", required=True, limit=10)
        codes = await second_factor.confirm(actor.user_id, code, clock.now(), settings_of(request).secret_key)
    except Refused as error:
        return await _set_up_page(request, actor, error)
    now = clock.now()
    token = await profile.credentials_changed(actor, "second_factor.on", now, second_factor_at=now)
    response = render(request, "portal/people/recovery_codes.html", codes=codes)
    keep_token(request, response, token)
    return response


@post("/me/second-factor/end", guards=[signed_in])
async def end_second_factor(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Turn the second factor off."""
    form = await read_form(request)
    try:
        await _prove(request, actor, form)
    except Refused as error:
        return await _page(request, actor, error=error, place="second_factor_form")
    await second_factor.take_away()
    token = await profile.credentials_changed(actor, "second_factor.off", clock.now())
    return _turned(request, token, N_("Two-step login is off. All other sessions have ended."))


@post("/me/sessions/{session_id:uuid}/end", guards=[signed_in])
async def end_session(request: PageRequest, actor: NamedDependency[Actor], session_id: FromPath[UUID]) -> Response[Any]:
    """End one of one's own sessions; the one being used is ended by logging out."""
    if session_id == actor.session_id:
        raise NotFound
    await profile.end_session(actor, session_id, clock.now())
    return redirect(request, "/me#sessions", N_("The session has ended."))


@post("/me/sessions/end-others", guards=[signed_in])
async def end_other_sessions(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """End all sessions but this one."""
    await profile.end_other_sessions(actor, clock.now())
    return redirect(request, "/me#sessions", N_("All other sessions have ended."))


ROUTES = [
    show,
    change_profile,
    change_password,
    prepare_second_factor,
    show_second_factor,
    confirm_second_factor,
    end_second_factor,
    end_session,
    end_other_sessions,
]

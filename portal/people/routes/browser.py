"""What the browser brings and keeps: the session cookie, where it says it is, and secrets typed into forms."""

from datetime import timedelta
from typing import Any

from litestar import Response

from portal.errors import Refused
from portal.pages.forms import Form
from portal.pages.text import N_, Text, say
from portal.pages.toasts import PageRequest
from portal.people.arrival import ABSOLUTE, Visitor
from portal.people.login import Opened
from portal.people.sessions import Sender
from portal.settings import Settings
from portal.tenancy.request import SESSION_COOKIE, cookie_name, cookie_token

LONGEST_SECRET = 1000
SMALL_FORM = 65_536
"""Bytes that a form may have where anybody may send one and no transaction reads it first."""


def settings_of(request: PageRequest) -> Settings:
    """The operator's settings."""
    settings: Settings = request.app.state.settings
    return settings


def sender_of(request: PageRequest) -> Sender:
    """Where a request came from: the server has already put the client's address for that of a trusted proxy."""
    return Sender(request.client.host if request.client else "", request.headers.get("user-agent", ""))


def token_of(request: PageRequest) -> str | None:
    """The session token that the browser brought."""
    return cookie_token(dict(request.scope["headers"]), SESSION_COOKIE, secure=settings_of(request).https)


def visitor_of(request: PageRequest) -> Visitor | None:
    """Whose session holds, if any."""
    visitor: Visitor | None = request.scope.get("visitor")  # type: ignore[assignment]
    return visitor


def keep_token(request: PageRequest, response: Response[Any], token: str) -> None:
    """Give the browser a session token."""
    keep_cookie(request, response, SESSION_COOKIE, token, ABSOLUTE)


def keep_cookie(request: PageRequest, response: Response[Any], name: str, token: str, lasts: timedelta) -> None:
    """Give the browser a token. Over TLS the cookie's name says that no other host or path may have set it."""
    secure = settings_of(request).https
    response.set_cookie(
        key=cookie_name(name, secure=secure),
        value=token,
        max_age=int(lasts.total_seconds()),
        path="/",
        httponly=True,
        secure=secure,
        samesite="lax",
    )


def let_in(request: PageRequest, response: Response[Any], opened: Opened) -> None:
    """Give the browser its new session, and the tastes of its owner for the pages shown to the signed-out."""
    keep_token(request, response, opened.token)
    keep_tastes(request, response, language=opened.visitor.language, theme=opened.visitor.theme)


def forget_token(response: Response[Any]) -> None:
    """Take the session token away from the browser."""
    forget_cookie(response, SESSION_COOKIE)


def forget_cookie(response: Response[Any], name: str) -> None:
    """Take a token away from the browser, under both of its names."""
    for secure in (False, True):
        key = cookie_name(name, secure=secure)
        response.set_cookie(key=key, value="", max_age=0, path="/", httponly=True, secure=secure, samesite="lax")


def keep_tastes(request: PageRequest, response: Response[Any], **tastes: str | None) -> None:
    """Remember the language and the colours of a browser for a year; ``language`` and ``theme``, None is left alone."""
    names = {"language": "lang", "theme": "theme", "sample": "sample"}
    for taste, value in tastes.items():
        if value is not None:
            secure = settings_of(request).https
            response.set_cookie(
                key=names[taste],
                value=value,
                max_age=31_536_000,
                path="/",
                httponly=True,
                secure=secure,
                samesite="lax",
            )


def secret(form: Form, name: str) -> str:
    """A password as it was typed, spaces and all.

    Raises:
        Refused: it is missing, or longer than any that is kept.
    """
    typed = form.values().get(name, "")
    if not typed:
        raise Refused(N_("Please fill this in."), field=name, code="missing")
    if len(typed) > LONGEST_SECRET or "\x00" in typed:
        raise Refused(N_("This password is too long."), field=name, code="too_long")
    return typed


class Shown(dict[str, Text]):
    """What is wrong, by field; a field with nothing wrong gives None, so that templates may ask for any."""

    def __missing__(self, _: str) -> None:
        return None


def shown(error: Refused | None = None, otherwise: str = "form") -> Shown:
    """A refusal by the field it stands beside; one that names none stands above the form, under ``otherwise``."""
    return Shown() if error is None else Shown({error.field or otherwise: say(error.message, **error.params)})

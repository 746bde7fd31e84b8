"""Toasts that outlive a redirect: what happened, told on the next page.

They travel in a cookie that holds a msgid and its parameters, so that the next page speaks them in the viewer's own
language. The cookie is read once; templates escape what it says.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Final, TypeAlias, TypedDict

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.enums import MediaType

from portal.pages.text import translate

COOKIE: Final = "toast"
_LONGEST: Final = 2000
_OURS: Final = re.compile(r"(?:[^%]|%%|%\(\w+\)s)*", re.ASCII)
"""A msgid with named texts in it. The cookie is the browser's word, and ``%(a)999999999s`` would fill the memory."""

PageRequest: TypeAlias = Request[Any, Any, Any]
"""A request with whatever user and state its route has; pages read neither."""


class Toast(TypedDict, total=False):
    """What `ui.toast` takes."""

    text: str
    tone: str
    undo_url: str
    lock: bool
    link: str
    link_text: str


def redirect(
    request: PageRequest,
    url: str,
    msgid: str | None = None,
    *,
    tone: str = "good",
    lock: bool = False,
    undo_url: str | None = None,
    **params: object,
) -> Response[str | None]:
    """Go to a page of ours after a form was accepted (303; htmx is told by header), with a toast waiting there.

    ``msgid`` is marked with N_; ``params`` are kept as texts. ``lock`` says that it cannot be undone.
    """
    response: Response[str | None]
    if request.headers.get("HX-Request"):
        response = Response(None, status_code=204, headers={"HX-Redirect": url})
    else:
        response = Response("", status_code=303, headers={"Location": url}, media_type=MediaType.TEXT)
    if msgid:
        kept = {
            "m": msgid,
            "p": {key: str(value) for key, value in params.items()},
            "t": tone,
            "l": lock,
            "u": undo_url,
        }
        value = urlsafe_b64encode(json.dumps(kept).encode()).decode()
        if len(value) <= _LONGEST:
            secure = request.url.scheme == "https"
            response.set_cookie(key=COOKIE, value=value, max_age=60, httponly=True, samesite="lax", secure=secure)
    return response


def waiting(cookies: Mapping[str, str]) -> list[Toast]:
    """The toast a redirect left, spoken now; nothing when there is none or it cannot be read."""
    value = cookies.get(COOKIE, "")
    if not value:
        return []
    try:
        kept = json.loads(urlsafe_b64decode(value))
        if not _OURS.fullmatch(str(kept["m"])):
            return []
        toast = Toast(text=translate(str(kept["m"]), **dict(kept["p"])), tone=str(kept["t"]), lock=bool(kept["l"]))
        if kept.get("u"):
            toast["undo_url"] = _own(str(kept["u"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return [toast]


def _own(url: str) -> str:
    if not url.startswith("/") or url.startswith("//"):
        raise ValueError(url)
    return url


def eaten() -> Cookie:
    """The cookie that takes the told toast away."""
    return Cookie(key=COOKIE, value="", max_age=0, path="/", httponly=True, samesite="lax")

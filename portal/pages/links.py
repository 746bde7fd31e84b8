"""Links that keep what a list is narrowed to: every filter lives in the URL."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from litestar import Request

Link = Callable[..., str]


def narrowed(request: Request[Any, Any, Any], *, forget: tuple[str, ...] = ("after", "before")) -> Link:
    """``link(client=id)`` gives this page's URL with one filter changed and the others kept.

    None or an empty value takes a filter away; the position in the list (``forget``) is given up with any change,
    unless it is what is changed.
    """
    kept = {name: value for name, value in request.query_params.items() if name not in forget}

    def link(**changes: object) -> str:
        query = {**kept, **changes}
        text = urlencode({name: str(value) for name, value in query.items() if value not in (None, "", False)})
        return f"{request.url.path}?{text}" if text else request.url.path

    return link

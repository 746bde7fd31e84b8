"""Links that keep what a list is narrowed to: every filter lives in the URL."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request

from portal.errors import NotFound

Link = Callable[..., str]


PLACES = ("after", "before")
"""Where in a list one is; given up with any change of what it shows."""


def narrowed(request: Request[Any, Any, Any], *, path: str = "", forget: tuple[str, ...] = PLACES) -> Link:
    """``link(client=id)`` gives this page's URL (or ``path``) with one filter changed and the others kept.

    None or an empty value takes a filter away; the position in the list (``forget``) is given up with any change,
    unless it is what is changed.
    """
    kept = {name: value for name, value in request.query_params.items() if name not in forget}

    def link(**changes: object) -> str:
        query = {**kept, **changes}
        text = urlencode({name: str(value) for name, value in query.items() if value not in (None, "", False)})
        return f"{path or request.url.path}?{text}" if text else path or request.url.path

    return link


def files(request: Request[Any, Any, Any], *, path: str = "", within: bool = False) -> dict[str, str]:
    """The addresses of this list as a file, narrowed and ordered alike: ``/cases.csv?…``.

    ``within`` is for the lines of one thing, whose file is a page below it and always whole: ``/statements/…/csv``.
    """
    names = ("CSV", "XLSX")
    if within:
        return {name: f"{request.url.path}/{name.lower()}" for name in names}
    return {name: narrowed(request, path=f"{path or request.url.path}.{name.lower()}")() for name in names}


def as_query(filters: Mapping[str, object]) -> str:
    """Filters as an address says them, in one order always, so that two equal views are equal texts."""
    return urlencode({name: str(value) for name, value in sorted(filters.items()) if value})


def id_in(text: str | None) -> UUID | None:
    """The id that a link's query names, if it names one.

    Raises:
        NotFound: it is no id: nothing is known by it.
    """
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound from None


def day_in(text: str | None) -> date | None:
    """The day that a link's query names, if it names one.

    Raises:
        NotFound: it is no day.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise NotFound from None

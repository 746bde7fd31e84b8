"""What belongs to every page: its styles and scripts, language and colours; and the page of all parts."""

from typing import Any

from litestar import Response, Router, get, post

from portal.errors import NotFound
from portal.pages.assets import build_router
from portal.pages.forms import read_form
from portal.pages.rendering import THEMES, render
from portal.pages.returning import own_path
from portal.pages.text import known_language
from portal.pages.toasts import PageRequest, redirect
from portal.people.guards import needs
from portal.people.profile import prefer
from portal.people.routes.browser import keep_tastes, settings_of, visitor_of


@post("/preferences", opt={"public": True})
async def keep_preferences(request: PageRequest) -> Response[Any]:
    """Keep language, colours, or that the note on sample data is folded away; signed out in cookies alone."""
    form = await read_form(request)
    language, theme = known_language(form.text("language")), form.text("theme")
    chosen_theme = theme if theme in THEMES else None
    visitor = visitor_of(request)
    if visitor is not None:
        await prefer(visitor, language, chosen_theme)
    response = redirect(request, own_path(form.text("next", limit=2000)))
    sample = "folded" if form.text("sample") == "folded" else None
    keep_tastes(request, response, language=language, theme=chosen_theme, sample=sample)
    return response


@get("/styleguide", guards=[needs("styleguide.read")])
async def show_parts(request: PageRequest) -> Response[Any]:
    """Every part that pages are made of, in development only."""
    if not settings_of(request).development:
        raise NotFound
    return render(request, "portal/styleguide.html")


def _assets() -> Router:
    """The built styles, scripts, fonts and icons: for everybody, and without a transaction."""
    router = build_router()
    router.opt.update(public=True, outside=True)
    return router


ROUTES: list[Any] = [keep_preferences, show_parts, _assets()]

"""Pages and forms that belong to every page: language and colours."""

from typing import Any

from litestar import Response, post

from portal.pages.forms import read_form
from portal.pages.rendering import THEMES
from portal.pages.returning import own_path
from portal.pages.text import known_language
from portal.pages.toasts import PageRequest, redirect
from portal.people.profile import prefer
from portal.people.routes.browser import keep_tastes, visitor_of


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


ROUTES: list[Any] = [keep_preferences]

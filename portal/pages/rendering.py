"""One call from handler to answer: `render(request, "cases/show.html", case=case)`.

The same URL serves the page and its htmx fragments: named blocks of the one template. Language, time zone, theme and
navigation come from the actor in the request's scope, or for the signed-out from their cookies and browser.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol, cast
from urllib.parse import urlsplit

from jinja2 import FileSystemLoader, PrefixLoader, StrictUndefined
from jinja2_fragments import render_blocks
from litestar import Response
from litestar.enums import MediaType

from portal.clock import now
from portal.errors import Refused
from portal.pages import drawing, navigation
from portal.pages import toasts as toasting
from portal.pages.assets import asset
from portal.pages.compiling import Environment
from portal.pages.formats import FILTERS
from portal.pages.keeping import Kept
from portal.pages.text import (
    LANGUAGES,
    Text,
    current_language,
    gettext,
    known_language,
    ngettext,
    preferred_language,
    speaking,
    translate,
)
from portal.pages.vocabulary import role_word, situation_word, verdict_word, word

ROOT: Final = Path(__file__).parents[2]
TEMPLATE_FOLDERS: Final[dict[str, Path]] = {
    "portal": Path(__file__).parent / "templates",
    "cases": ROOT / "cases" / "templates",
    "billing": ROOT / "billing" / "templates",
}
THEMES: Final = ("light", "dark", "auto")


class Viewer(Protocol):
    """What pages ask of the actor who looks at them (`portal.people.actor.Actor`)."""

    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str | None: ...
    @property
    def client_id(self) -> object: ...
    @property
    def client_name(self) -> str | None: ...
    @property
    def agency_name(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def theme(self) -> str: ...
    def may(self, permission: str, /) -> bool: ...


def say_again(value: object) -> str:
    """Speak a `Text`, a `Refused` or a msgid in the viewer's language (the filter ``say``)."""
    if isinstance(value, Refused):
        return translate(value.message, **value.params)
    return str(value) if isinstance(value, Text) else gettext(str(value))


@cache
def environment() -> Environment:
    """The one Jinja environment, with filters, words and `ui`."""
    env = Environment(
        loader=PrefixLoader({prefix: FileSystemLoader(folder) for prefix, folder in TEMPLATE_FOLDERS.items()}),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=Kept(),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(FILTERS)
    env.filters["say"] = say_again
    env.globals.update(
        asset=asset,
        _=drawing.gettext,
        gettext=drawing.gettext,
        ngettext=drawing.ngettext,
        draw_icon=drawing.draw_icon,
        now=now,
        situation_word=situation_word,
        verdict_word=verdict_word,
        role_word=role_word,
        word=word,
        heat_step=heat_step,
        languages=LANGUAGES,
    )
    # A global, because a fragment does not see what its template imports.
    ui = env.get_template("portal/components.html").module
    for part in drawing.PARTS:
        setattr(ui, part.__name__, part)
    env.globals["ui"] = ui
    return env


def parts() -> Any:
    """The macros of components.html, called from Python; they return safe markup."""
    return environment().globals["ui"]


def heat_step(percent: int) -> int:
    """The step (0 to 9) of the heat colours for a percentage: each step is six points, the last takes the rest."""
    return max(0, min(9, int(percent) // 6))


def render(
    request: toasting.PageRequest,
    template: str,
    *,
    block: str | Sequence[str] | None = None,
    status: int = 200,
    toasts: Sequence[toasting.Toast] = (),
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> Response[str]:
    """Render a template for this request's viewer.

    With ``block`` an htmx request gets those blocks alone; a plain or boosted one, or one that restores the history,
    gets the page. ``toasts`` are shown on top, in a fragment out of band. The text is complete when this returns, so
    an error in a template is an error of the handler.
    """
    actor = cast(Viewer | None, request.scope.get("actor"))
    language, time_zone, theme = tastes(request, actor)
    with speaking(language, time_zone):
        told = [*toasting.waiting(request.cookies), *toasts]
        page = {**frame(request, actor, theme), **context, "toasts": told}
        if block is not None and wants_fragment(request):
            html = render_blocks(environment(), template, [block] if isinstance(block, str) else block, **page)
            if told:
                html += str(parts().toasts(told))
        else:
            html = environment().get_template(template).render(page)
    response = Response(
        html,
        status_code=status,
        media_type=MediaType.HTML,
        headers={"Vary": "HX-Request, Cookie", "Content-Language": language, **(headers or {})},
    )
    if toasting.COOKIE in request.cookies:
        response.set_cookie(toasting.eaten())
    return response


def wants_fragment(request: toasting.PageRequest) -> bool:
    """Whether htmx asks for a part of the page it shows, rather than for a page."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def tastes(request: toasting.PageRequest, actor: Viewer | None) -> tuple[str, str, str]:
    """Language, time zone and theme: the actor's, else those of the cookies, else the browser's and plain ones."""
    if actor is not None:
        return known_language(actor.language) or "en", actor.time_zone, actor.theme
    language = known_language(request.cookies.get("lang")) or preferred_language(
        request.headers.get("accept-language", "")
    )
    theme = request.cookies.get("theme", "auto")
    return language, "UTC", theme if theme in THEMES else "auto"


def frame(request: toasting.PageRequest, actor: Viewer | None, theme: str) -> dict[str, object]:
    """What the shell around a page needs."""
    path = request.url.path
    in_house = actor is not None and actor.role != "debtor"
    places = navigation.entries(actor) if actor is not None and in_house else []
    return {
        "actor": actor,
        "outer": "portal/shell.html" if in_house else "portal/signed_out.html",
        "start": "/" if in_house or actor is None else "/claim",
        "lang": current_language(),
        "theme": theme if theme in THEMES else "auto",
        "path": path,
        "here": here(request),
        "navigation": places,
        "current_place": navigation.current(places, path),
        "sample_folded": request.cookies.get("sample") == "folded",
        "sample_data": bool(getattr(actor, "is_sample", False) or request.app.state.get("sample_data", False)),
        "development": bool(request.app.state.get("development", False)),
    }


def here(request: toasting.PageRequest) -> str:
    """Where to come back to after a change of language or colours: this page, or the one a refused form stood on."""
    address = request.url if request.method == "GET" else urlsplit(request.headers.get("referer", "/"))
    return f"{address.path}?{address.query}" if address.query else address.path or "/"

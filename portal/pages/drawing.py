"""The parts of a page that stand in every row of a list, drawn without a template.

A page of fifty cases shows hundreds of them, and a macro costs several times what the same text costs here. They are
called as `ui.two_lines` like the macros of components.html, and `_` and `ngettext` as everywhere.
"""

from collections.abc import Mapping
from functools import lru_cache

from markupsafe import Markup

from portal.pages import text as spoken
from portal.pages.assets import asset
from portal.pages.compiling import written
from portal.pages.formats import amount
from portal.pages.vocabulary import situation_word


def draw_icon(name: str, label: str | None = None, cls: str = "") -> Markup:
    """An icon of the sprite, as `ui.icon` says."""
    return _icon(asset("icons.svg"), name, label, cls)


@lru_cache(maxsize=2048)
def _icon(sprite: str, name: str, label: str | None, cls: str) -> Markup:
    classes = f"c-icon {cls}".rstrip()
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup(
        '<svg class="{}" width="16" height="16" viewBox="0 0 24 24" {}><use href="{}#{}"></use></svg>'
    ).format(classes, said, sprite, name)


def situation(situation: str | Mapping[str, object], large: bool = False) -> Markup:
    """The badge of a case's situation: of its code, or of a ``code`` with a ``text`` of its own."""
    given = {"code": situation} if isinstance(situation, str) else situation
    own = given.get("text")
    return _situation(
        spoken.current_language(), asset("icons.svg"), str(given["code"]), str(own) if own else None, large
    )


@lru_cache(maxsize=512)
def _situation(language: str, sprite: str, code: str, own: str | None, large: bool) -> Markup:
    word = situation_word(code)
    size = " is-large" if large else ""
    icon = _icon(sprite, word.icon, None, "") if word.icon else ""
    return Markup('<span class="c-badge is-{}{}">{}{}</span>').format(word.tone, size, icon, own or word.text)


def two_lines(
    first: object,
    second: object = None,
    url: str | None = None,
    icon_name: str | None = None,
    strong: bool = True,
    lang: str | None = None,
    first_tone: str | None = None,
    second_tone: str | None = None,
) -> Markup:
    """Two lines of a cell: the first strong, the second small and grey. ``url`` makes the first a link."""
    tag, link = ("a", f' href="{written(url)}"') if url else ("span", "")
    marked = f' lang="{written(lang)}"' if lang else ""
    icon = draw_icon(icon_name) if icon_name else ""
    over = _toned(written(first), first_tone)
    below = f'<span class="t-second">{_toned(written(second), second_tone)}</span>' if second else ""
    return Markup(  # noqa: S704 - everything of others is escaped above
        f'<{tag} class="t-first{" is-strong" if strong else ""}"{link}{marked}>{icon}{over}</{tag}>{below}'
    )


def _toned(text: str, tone: str | None) -> str:
    return f'<span class="t-{tone}">{text}</span>' if tone else text


def row_link(url: str) -> Markup:
    """What makes a row one that j and k can reach and Enter opens; `ui.row` is a whole one, where lists are short."""
    return Markup(f' data-row data-href="{written(url)}"')  # noqa: S704 - as above


def debtor_cell(url: str, name: str, number: str, client: str, place: str) -> Markup:
    """Who owes, over the case's number; beside it the client where the page is narrow, else where the debtor is."""
    return Markup(  # noqa: S704 - as above
        f'<td class="at-a"><a class="t-first is-strong" href="{written(url)}">{written(name)}</a><span class="t-second">{written(number)} · '
        f'<span class="only-narrow">{written(client)}</span><span class="only-wide">{written(place)}</span></span></td>'
    )


def money_cell(
    minor: int | None,
    currency: str,
    second: object = None,
    tone: str | None = None,
    sign: bool = False,
    strong: bool = False,
    show_currency: bool = True,
    label: str | None = None,
    at: str = "b",
) -> Markup:
    """A cell with an amount: the currency flush left, the number flush right. On a phone's card it stands ``at`` a place,
    with its column's heading as ``label`` where it needs one."""
    cls = f"t-money at-{at}{f' is-{written(tone)}' if tone else ''}{' is-strong' if strong else ''}"
    code = f'<span class="c-cur">{written(currency)}</span>' if show_currency else ""
    number = "" if minor is None else amount(minor, currency, sign)
    below = f'<span class="t-second">{written(second)}</span>' if second else ""
    said = f' data-label="{written(label)}"' if label else ""
    return Markup(f'<td class="{cls}"{said}><span class="t-pair">{code}<span>{number}</span></span>{below}</td>')  # noqa: S704 - as above


PARTS = (situation, two_lines, row_link, debtor_cell, money_cell)
"""What stands in `ui` beside the macros."""


def gettext(message: str, /, **params: object) -> Markup:
    """A msgid in the viewer's language as markup, its parameters escaped: what templates call ``_``."""
    if params:
        return Markup(spoken.gettext(message)) % params  # noqa: S704 - a msgid of ours; what fills it is escaped
    return _plain(spoken.current_language(), message)


@lru_cache(maxsize=4096)
def _plain(language: str, message: str) -> Markup:
    return Markup(spoken.gettext(message) % {})  # noqa: S704 - as above


def ngettext(singular: str, plural: str, num: int, /, **params: object) -> Markup:
    """The form of a msgid that fits a count, which it may name as ``%(num)s``."""
    form = spoken.ngettext(singular, plural, num)
    if params or type(num) is not int:
        return Markup(form) % {"num": num, **params}  # noqa: S704 - as above
    return Markup(form % {"num": num})  # noqa: S704 - a whole number needs no escaping

"""The translator's tool: ``python -m portal.pages.catalogue`` brings zh_Hans.po up to date with the sources.

It keeps every translation, adds what is new with an empty one, drops what nobody says any more, and lists what is
missing. ``--check`` writes nothing and fails when the file is behind or incomplete.
"""

import re
import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from portal.pages.text import LOCALE_FOLDER, read_catalogue

ROOT: Final = Path(__file__).parents[2]
CATALOGUE: Final = LOCALE_FOLDER / "zh_Hans.po"
FOLDERS: Final = ("portal", "cases", "billing")
KEYWORDS: Final = {"_": None, "N_": None, "say": None, "gettext": None, "translate": None, "ngettext": (1, 2)}
HEADER: Final = b"""msgid ""
msgstr ""
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
"""Without dates and names, so that two updates of the same texts are the same file."""
_TEMPLATES: Final = ("jinja2.ext.babel_extract", {"trimmed": "true", "extensions": "jinja2.ext.i18n"})
_PLACE: Final = re.compile(r"%\((\w+)\)s")


def spoken() -> Catalog:
    """Every msgid the sources mark, with the places that say it."""
    catalogue = Catalog(locale="zh_Hans", charset="utf-8", project="debt portal")
    for file in _sources():
        method, options = ("python", {}) if file.suffix == ".py" else _TEMPLATES
        with file.open("rb") as source:
            for line, message, comments, context in extract(
                method, source, keywords=KEYWORDS, comment_tags=["Translators:"], options=options
            ):
                place = [(str(file.relative_to(ROOT)), line)]
                catalogue.add(message, None, place, auto_comments=comments, context=context)
    return catalogue


def _sources() -> Iterator[Path]:
    for folder in FOLDERS:
        for pattern in ("*.py", "templates/**/*.html", "templates/**/*.txt"):
            yield from (
                file for file in sorted((ROOT / folder).rglob(pattern)) if "piccolo_migrations" not in file.parts
            )


def brought_up_to_date() -> Catalog:
    """The kept catalogue with what is new added and what is gone dropped; similar texts are never guessed."""
    catalogue = read_catalogue()
    catalogue.update(spoken(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def faults(catalogue: Catalog) -> list[str]:
    """What is wrong with a catalogue: texts without a translation, and translations whose named places differ."""
    found = []
    for message in catalogue:
        if message.id:
            found += [f"{_first(message)!r}: {fault}" for fault in _faults_of(message)]
    return found


def _faults_of(message: Message) -> Iterator[str]:
    kept = message.string or ""
    forms = [kept] if isinstance(kept, str) else [form or "" for form in kept]
    if message.fuzzy or not all(forms):
        yield "not translated"
        return
    wanted = set(_PLACE.findall(message.id if isinstance(message.id, str) else " ".join(message.id)))
    for form in forms:
        if not set(_PLACE.findall(form)) <= wanted:
            yield f"{form!r} has a place the English lacks"
        if isinstance(message.id, str) and set(_PLACE.findall(form)) != wanted:
            yield f"{form!r} leaves out one of {sorted(wanted)}"
        if "%" in re.sub(r"%%|%\(\w+\)s", "", form):
            yield f"{form!r}: a per cent sign is written %%"


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def behind() -> list[str]:
    """The msgids that the sources mark and the kept catalogue lacks."""
    kept = {_first(message) for message in read_catalogue() if message.id}
    return [_first(message) for message in spoken() if message.id and _first(message) not in kept]


def _glossary() -> bytes:
    """The translator's remarks at the top of the file: the words of the trade, which every text keeps to."""
    lines = CATALOGUE.read_bytes().splitlines(keepends=True)
    remarks = takewhile(lambda line: line.startswith(b"#"), lines)
    return b"".join(remarks)


def main() -> None:
    """Update the file, or check it."""
    if "--check" in sys.argv[1:]:
        wrong = [f"{msgid!r}: not in the catalogue" for msgid in behind()] + faults(read_catalogue())
        sys.exit("\n".join(wrong) or 0)
    catalogue, glossary = brought_up_to_date(), _glossary()
    with CATALOGUE.open("wb") as file:
        file.write(glossary + HEADER)
        write_po(file, catalogue, width=120, sort_output=True, omit_header=True, include_lineno=False)
    for fault in faults(catalogue):
        sys.stdout.write(fault + "\n")


if __name__ == "__main__":
    main()

"""Templates are compiled once and kept: what holds of what is kept."""

import sys
from pathlib import Path

import pytest
from jinja2 import FileSystemLoader

from portal.pages.compiling import Environment
from portal.pages.keeping import Kept


class Counting(Environment):
    """Counts what it compiles."""

    compiled = 0

    def compile(self, *args: object, **named: object) -> object:  # type: ignore[override]
        self.compiled += 1
        return super().compile(*args, **named)  # type: ignore[call-overload]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "page.html").write_text("{{ name }}")
    return tmp_path


def shown(folder: Path, kept: Path, *, escapes: bool = True) -> tuple[str, int]:
    """What a process that has just started makes of the page, and how many templates it compiled for it."""
    env = Counting(loader=FileSystemLoader(folder), autoescape=escapes, bytecode_cache=Kept(kept))
    return env.get_template("page.html").render(name="<b>"), env.compiled


def test_a_page_is_compiled_once_until_it_changes(folder: Path) -> None:
    kept = folder / "kept"
    assert [shown(folder, kept) for _ in range(2)] == [("&lt;b&gt;", 1), ("&lt;b&gt;", 0)]
    assert {file.stat().st_mode & 0o777 for file in kept.iterdir()} == {0o644}
    (folder / "page.html").write_text("Good day, {{ name }}")
    assert [shown(folder, kept) for _ in range(2)] == [("Good day, &lt;b&gt;", 1), ("Good day, &lt;b&gt;", 0)]


def test_a_page_that_escapes_is_never_one_that_does_not(folder: Path) -> None:
    kept = folder / "kept"
    assert shown(folder, kept, escapes=False) == ("<b>", 1)
    assert shown(folder, kept) == ("&lt;b&gt;", 1)


def test_another_compiler_compiles_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = folder / "kept"
    shown(folder, kept)
    monkeypatch.setattr("portal.pages.keeping._compiler", lambda: b"another")
    assert shown(folder, kept) == ("&lt;b&gt;", 1)


def test_a_page_is_shown_where_nothing_can_be_kept(folder: Path) -> None:
    nowhere = folder / "page.html" / "kept"
    assert [shown(folder, nowhere) for _ in range(2)] == [("&lt;b&gt;", 1)] * 2

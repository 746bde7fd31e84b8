"""The shape of the house, checked: imports, templates, words for every code, places that exist, names of classes."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from importlinter.cli import lint_imports
from jinja2 import nodes
from litestar import Litestar
from litestar.di import Provide

from cases.casework import ACTION_TEXTS, CLOSE_CODES, NextAction
from cases.contact.log import OUTCOME_TEXTS
from cases.contact.question import Outcome
from cases.contact.rules import Verdict
from cases.situation import Facts, situation
from cases.tables import CaseStatus
from cases.workbench.timeline import TOPICS
from cases.workbench.words import WORDS
from portal.app import ROUTES
from portal.pages import navigation
from portal.pages.assets import DIST, MODULES, ROOT, build
from portal.pages.rendering import TEMPLATE_FOLDERS, environment
from portal.pages.vocabulary import ROLES, SITUATIONS, VERDICTS
from portal.people.guards import provide_actor
from portal.people.permissions import AGENCY_ROLES, CLIENT_ROLES, PERMISSIONS

PACKAGES = ("portal", "cases", "billing")
TEMPLATES = sorted(
    f"{prefix}/{path.relative_to(folder).as_posix()}"
    for prefix, folder in TEMPLATE_FOLDERS.items()
    for path in folder.rglob("*.html")
)


def source(template: str) -> str:
    prefix, _, name = template.partition("/")
    return (TEMPLATE_FOLDERS[prefix] / name).read_text("utf-8")


@cache
def modules() -> list[tuple[Path, ast.Module]]:
    """Our own modules; what is generated or measures is not asked."""
    return [
        (path.relative_to(ROOT), ast.parse(path.read_text("utf-8")))
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "piccolo_migrations" not in path.parts and "bench" not in path.parts
    ]


def test_imports_keep_their_contracts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True) == 0


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_and_each_of_its_blocks_compile(template: str) -> None:
    compiled = environment().get_template(template)
    assert set(re.findall(r"{%-?\s*block (\w+)", source(template))) == set(compiled.blocks)


@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_stands_outside_the_blocks_of_a_page(template: str) -> None:
    """A fragment is a block rendered alone: it would not see what is set, imported or defined outside."""
    body = environment().parse(source(template)).body
    if not any(isinstance(node, nodes.Extends) for node in body):
        return
    outside = [node for node in body if isinstance(node, nodes.Assign | nodes.Import | nodes.FromImport | nodes.Macro)]
    assert not outside, f"{template}: line {outside[0].lineno}"


INLINE = {
    "an inline script": r"<script(?![^>]*\bsrc=)",
    "an inline style": r"<style|[\s\"']style(=|\"\s*:)",
    "an event handler": r"[\s\"']on[a-z]+(=\"|\"\s*:)",
    "htmx code": r"hx-on|hx-vars|[\"']js:|javascript:",
}
"""What the content security policy forbids, or would only fail in the browser."""


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_template_brings_script_or_style_of_its_own(template: str) -> None:
    text = re.sub(r"{#.*?#}", "", source(template), flags=re.DOTALL)
    for what, pattern in INLINE.items():
        found = re.search(pattern, text)
        assert found is None, f"{template} has {what}: {text[found.start() : found.start() + 60]}"


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_field_that_posts_stands_in_a_form_that_is_sent_once(template: str) -> None:
    for form in re.findall(r"<form\b[^>]*>", source(template)):
        if 'method="post"' in form and "{{ method }}" not in form:
            assert "data-once" in form or "/preferences" in form or "/open" in form, f"{template}: {form}"


def test_handlers_are_short_and_leave_writing_to_the_trade() -> None:
    methods = {"get", "post", "put", "patch", "delete"}
    for path, module in modules():
        for function in ast.walk(module):
            if not isinstance(function, ast.AsyncFunctionDef) or not _decorated(function, methods):
                continue
            lines = (function.end_lineno or 0) - function.lineno
            assert lines <= 45, f"{path} {function.name} has {lines} lines"
            for text in _texts(function):
                assert not re.match(r"\s*(insert into|update|delete from)\b", text), f"{path} {function.name} writes"


def _decorated(function: ast.AsyncFunctionDef, names: set[str]) -> bool:
    calls = [one for one in function.decorator_list if isinstance(one, ast.Call)]
    return any(isinstance(one.func, ast.Name) and one.func.id in names for one in calls)


def _texts(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def told_kinds() -> Iterator[tuple[str, Path, int]]:
    """Every kind of timeline entry that is written: by ``tell(actor, case, kind, …)``, or past it in SQL."""
    for path, module in modules():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tell":
                kind = node.args[2]
                if isinstance(kind, ast.Constant):
                    yield str(kind.value), path, node.lineno
                elif isinstance(kind, ast.JoinedStr) and isinstance(kind.values[0], ast.Constant):
                    yield f"{kind.values[0].value}*", path, node.lineno
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "into case_events" in node.value:
                for kind_in_sql in re.findall(r"'([a-z]+\.[a-z_]+)'", node.value):
                    yield kind_in_sql, path, node.lineno


def test_everything_told_on_a_timeline_has_words() -> None:
    kinds = list(told_kinds())
    assert len(kinds) > 10, "the tells were not found"
    for kind, path, line in kinds:
        known = kind in WORDS or (kind.endswith("*") and any(each.startswith(kind[:-1]) for each in WORDS))
        assert known, f"{path}:{line} tells “{kind}”, which cases/workbench/words has no words for"


def test_every_code_that_pages_show_has_a_word() -> None:
    assert set(ACTION_TEXTS) == set(NextAction)
    assert set(OUTCOME_TEXTS) == set(Outcome) - {Outcome.SENT}, "what is sent has no outcome one could choose"
    assert {str(verdict) for verdict in Verdict} == set(VERDICTS)
    assert {str(role) for role in (*AGENCY_ROLES, *CLIENT_ROLES)} == set(ROLES)
    assert all(text for _, text in CLOSE_CODES.values())
    assert {"contact", "money", "documents", "client", "system"} < set(TOPICS)


def test_every_situation_that_is_computed_has_a_word() -> None:
    flags, today = (False, True), date(2026, 11, 24)
    for status, close_code, stage in product(CaseStatus, (None, *CLOSE_CODES), ("amicable", "legal")):
        for held, disputed, promised, broken, tried, reached in product(flags, repeat=6):
            facts = Facts(
                status=status, stage=stage, close_code=close_code, today=today, on_hold_until=today if held else None,
                open_disputes=int(disputed), open_promises=int(promised), last_promise_broken=broken,
                attempts=int(tried), reached=int(reached),
            )  # fmt: skip
            assert situation(facts) in SITUATIONS


def test_every_icon_that_code_chooses_is_in_the_sprite() -> None:
    """One that is not would be an empty circle on a timeline. Names of one word stand in static/icons.txt."""
    build()
    known = {path.stem for path in (MODULES / "@tabler/icons/icons/outline").glob("*.svg")}
    drawn = set(json.loads((DIST / "icons.json").read_text("utf-8")))
    for path, module in modules():
        wanted = {text for text in _texts(module) if "-" in text and text in known}
        assert wanted <= drawn, f"{path}: {wanted - drawn}"


def places() -> list[navigation.Entry]:
    return [*navigation.STAFF, *navigation.CLIENT]


@cache
def pages() -> frozenset[str]:
    """The paths at which something answers a GET."""
    app = Litestar(route_handlers=ROUTES, dependencies={"actor": Provide(provide_actor)}, openapi_config=None)
    return frozenset(
        route.path
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        if "GET" in handler.http_methods
    )


@pytest.mark.parametrize("entry", places(), ids=lambda entry: entry.url)
def test_every_place_in_the_navigation_exists_and_asks_for_a_permission_there_is(entry: navigation.Entry) -> None:
    assert entry.permission is None or entry.permission in PERMISSIONS
    assert entry.url in pages(), f"nothing answers at {entry.url}"


OURS = re.compile(r"(c|l|t|w|is|has|only)-")
RESTYLED = {
    "btn",
    "btn-danger",
    "btn-icon",
    "btn-link",
    "btn-primary",
    "form-check-input",
    "form-control",
    "form-select",
}
"""Tabler's own parts, dressed anew on purpose."""


def test_no_class_of_ours_means_something_to_tabler() -> None:
    build()
    tabler = classes((MODULES / "@tabler/core/dist/css/tabler.min.css").read_text("utf-8"))
    assert len(tabler) > 1000, "Tabler's classes were not found"
    ours = classes("".join(path.read_text("utf-8") for path in (ROOT / "static/css").rglob("*.css")))
    assert ours & tabler == RESTYLED


def test_every_class_of_ours_in_a_template_has_a_style() -> None:
    styled = classes("".join(path.read_text("utf-8") for path in (ROOT / "static/css").rglob("*.css")))
    for template in TEMPLATES:
        used = set(
            re.findall(
                r"(?<![\w-])(?:c|l|t|w)-[a-z][a-z0-9-]*", re.sub(r"{#.*?#}", "", source(template), flags=re.DOTALL)
            )
        )
        unknown = {name for name in used - styled if not name.endswith("-")}
        assert not unknown, f"{template} uses {unknown}"


def classes(css: str) -> set[str]:
    """The names of the classes that style sheets select by."""
    selectors = re.sub(r"\{[^{}]*\}", "{}", re.sub(r"/\*.*?\*/|@import[^;]*;", "", css, flags=re.DOTALL))
    return set(re.findall(r"\.([a-zA-Z_][\w-]*)", selectors))


def test_every_job_is_registered_by_importing_the_application() -> None:
    """A module that nothing imports would leave its jobs undone, and its schedules would never be due."""
    written = {
        decorator.args[0].value
        for _, tree in modules()
        for function in ast.walk(tree)
        if isinstance(function, ast.AsyncFunctionDef)
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Name)
        and decorator.func.id in ("job", "every", "steadily")
        and isinstance(decorator.args[0], ast.Constant)
    }
    # In a process of its own: a test may have imported what the application does not.
    ask = "import json, portal.app; from portal.jobs.registry import JOBS, STEADY; print(json.dumps([*JOBS, *STEADY]))"
    known = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert len(written) > 10
    assert written <= set(json.loads(known))

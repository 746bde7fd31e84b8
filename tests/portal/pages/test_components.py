"""The parts render in both languages, escape what they are given and need no script or style of their own."""

import json
import re
from dataclasses import dataclass

import pytest
from jinja2 import nodes

from portal.pages import assets
from portal.pages.rendering import TEMPLATE_FOLDERS, environment, parts
from portal.pages.text import speaking
from portal.pages.vocabulary import SITUATIONS, VERDICTS


@dataclass(frozen=True)
class Person:
    """Somebody who may do everything."""

    name: str = "Lena Brandes"
    role: str = "negotiator"
    client_id: object = None
    client_name: str | None = None
    agency_name: str = "Nordkai"
    language: str = "en"
    time_zone: str = "Europe/Berlin"
    theme: str = "light"

    def may(self, permission: str) -> bool:
        return bool(permission)


CLIENT = Person(client_id="c", client_name="Brandt & Söhne", role="viewer")


def frame(actor: Person | None) -> dict[str, object]:
    return {
        "actor": actor, "outer": "portal/shell.html" if actor else "portal/signed_out.html", "start": "/", "lang": "en", "theme": "auto", "path": "/x", "here": "/x", "navigation": [], "current_place": None,
        "sample_data": True, "sample_folded": False, "development": True, "toasts": [{"text": "Saved."}],
    }  # fmt: skip


def templates() -> list[str]:
    return [
        f"{prefix}/{file.relative_to(folder)}"
        for prefix, folder in TEMPLATE_FOLDERS.items()
        for file in sorted(folder.rglob("*.html"))
    ]


@pytest.mark.parametrize("name", templates())
def test_every_template_parses(name: str) -> None:
    assert environment().get_template(name).blocks is not None


@pytest.mark.parametrize("name", templates())
def test_no_template_holds_a_script_a_style_or_a_handler_of_its_own(name: str) -> None:
    source, _, _ = environment().loader.get_source(environment(), name)  # type: ignore[union-attr]
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.S)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", source)


@pytest.mark.parametrize("name", templates())
def test_no_template_imports_or_sets_at_its_top_what_a_fragment_would_miss(name: str) -> None:
    source, _, _ = environment().loader.get_source(environment(), name)  # type: ignore[union-attr]
    tree = environment().parse(source)
    if tree.find(nodes.Extends) is None:
        return  # included or, the components, global: it brings its own along
    for node in tree.body:
        assert not isinstance(node, nodes.Import | nodes.FromImport | nodes.Assign | nodes.AssignBlock | nodes.Macro)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("actor", [Person(), CLIENT], ids=["staff", "client"])
def test_the_page_of_all_parts_renders(language: str, actor: Person) -> None:
    with speaking(language, "Asia/Shanghai"):
        page = environment().get_template("portal/styleguide.html").render(frame(actor))
    assert ("状况" in page) == (language == "zh-Hans")
    assert "undefined" not in page.lower()


@pytest.mark.parametrize("code", ["401", "403", "404", "422", "429", "500"])
@pytest.mark.parametrize("actor", [Person(), None], ids=["signed in", "signed out"])
def test_an_error_page_renders_for_everybody(code: str, actor: Person | None) -> None:
    with speaking("zh-Hans"):
        page = environment().get_template(f"portal/errors/{code}.html").render(frame(actor))
    assert code in page
    assert "<h1>" in page


@pytest.mark.parametrize("code", SITUATIONS)
def test_every_situation_has_a_word_and_an_icon_in_both_languages(code: str) -> None:
    english = parts().situation(code)
    with speaking("zh-Hans"):
        chinese = parts().situation(code)
    assert "<use href" in english
    assert english != chinese


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_lamp_says_its_verdict_beside_colour_and_shape(verdict: str) -> None:
    lamp = parts().lamp(verdict, "until 18:00")
    assert f"is-{verdict.lower()}" in lamp
    assert f'aria-label="{VERDICTS[verdict]}"' in lamp


def test_what_a_debtor_is_called_cannot_become_markup() -> None:
    name = '<script>alert("x")</script>'
    ui = parts()
    for shown in [
        ui.badge("warn", name), ui.button(name), ui.field("f", name, name, error=name), ui.two_lines(name, name, url=name),
        ui.guard({"verdict": "BLOCK", "sentence": name, "rules": [{"verdict": "BLOCK", "fact": name, "code": name}]}),
        ui.toast(name), ui.empty("inbox", name, name), ui.error_row(1, [{"text": name, "wrong": True}], name),
    ]:  # fmt: skip
        assert "<script" not in shown


def test_an_error_stands_beside_its_field_and_is_tied_to_it() -> None:
    field = parts().money_field("amount", "Amount", "61,000.00", "EUR", error="More than the balance.")
    assert 'aria-invalid="true" aria-describedby="f-amount-error"' in field
    assert 'id="f-amount-error">More than the balance.' in field


def test_a_password_is_never_sent_back() -> None:
    assert "secret" not in parts().field("password", "Password", "secret", type="password")


def test_every_built_icon_that_a_word_carries_is_in_the_sprite() -> None:
    built = assets.DIST / "icons.json"
    if not built.exists():
        pytest.skip("the assets have not been built here")
    names = set(json.loads(built.read_text()))
    assert {word.icon for word in SITUATIONS.values()} <= names

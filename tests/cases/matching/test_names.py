"""Names taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.matching.names import plain, read_name


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Müller G.m.b.H.", "gmbh"),
        ("Lindner Druck GmbH & Co. KG", "gmbh co kg"),
        ("Ferretti Pompe S. p. A.", "spa"),
        ("SARL Garnier Toitures", "sarl"),
        ("Kowal Stal Sp. z o.o.", "spzoo"),
        ("Nørgaard Møbler A/S", "as"),
        ("ＡＢＣ Ｃｏ．，Ｌｔｄ．", "co ltd"),
        ("杭州瑞丰阀门有限责任公司", "有限公司"),
        ("苏州明泽电子股份公司", "股份有限公司"),
        ("ООО Ромашка", "ooo"),
        ("Orlik", ""),
        ("GmbH", ""),
        ("Brückner Filter AG Niederlassung Hamburg", "ag"),
    ],
)
def test_the_legal_form_is_found_at_its_place(name: str, form: str) -> None:
    assert read_name(name).form == form


@pytest.mark.parametrize("word", ["Müller", "Mueller", "Muller", "MÜLLER"])
def test_an_umlaut_may_be_written_in_three_ways(word: str) -> None:
    assert read_name(word).plain == ("muller",)


@pytest.mark.parametrize("word", ["bauer", "neue", "queen", "mayer"])
def test_not_every_e_after_a_vowel_is_an_umlaut(word: str) -> None:
    assert plain(word) == word


def test_places_and_branches_of_a_chinese_name_are_kept_apart() -> None:
    name = read_name("浙江省杭州市瑞丰阀门有限公司宁波分公司")
    assert name.tokens == ("瑞丰阀门",)
    assert name.places == {"浙江", "杭州"}
    assert name.branch == "宁波"


def test_a_place_in_brackets_is_a_place() -> None:
    assert read_name("华远贸易（上海）有限公司") == read_name("上海华远贸易有限公司")


def test_a_company_called_by_a_place_alone_keeps_it() -> None:
    assert read_name("Berlin GmbH").tokens == ("berlin",)


@given(st.text(), st.sampled_from(("company", "person")))
def test_any_text_can_be_read(text: str, kind: str) -> None:
    read_name(text, kind)  # type: ignore[arg-type]

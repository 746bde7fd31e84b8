"""Knowing a debtor again by its name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.debtors import match_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller Maschinenbau GmbH", "MÜLLER  MASCHINENBAU G.m.b.H."),
        ("Ferretti Pompe S.p.A.", "Ferretti Pompe S. p. A."),
        ("Brightwater Process Ltd", "Brightwater Process Limited"),
        ("ＡＢＣ Ｔｒａｄｉｎｇ Ｃｏ．，Ｌｔｄ．", "abc trading co. ltd"),
        ("杭州瑞丰阀门有限公司", "杭州瑞丰阀门有限责任公司"),
        ("Müller & Söhne OHG", "Müller & Söhne, oHG"),
    ],
)
def test_one_company_written_in_two_ways_is_one(one: str, other: str) -> None:
    assert match_name(one) == match_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller GmbH", "Müller AG"),
        ("Müller GmbH", "Müller"),
        ("Müller GmbH", "Mueller GmbH"),
        ("杭州瑞丰阀门有限公司", "杭州瑞丰阀门股份有限公司"),
        ("東方公司", "东方公司"),
        ("Rosas", "Ro SAS"),
    ],
)
def test_two_companies_stay_two(one: str, other: str) -> None:
    assert match_name(one) != match_name(other)


@given(st.text(min_size=1).filter(str.strip))
def test_a_matched_name_is_never_empty(name: str) -> None:
    assert match_name(name)


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Lo", "Nd"]), min_size=1))
def test_case_and_blanks_around_a_name_do_not_matter(name: str) -> None:
    assert match_name(f"  {name} GmbH ") == match_name(f"{name} gmbh")

"""Registration and tax numbers of debtors, from every door to the pages; and persons who are told apart by them."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from cases.debtors import told_apart_by
from cases.intake.digest import content_digest
from cases.intake.files.guess import guess
from cases.intake.files.table import Row
from cases.intake.issue import Code
from cases.intake.stored import _draft
from cases.intake.written import written_of
from cases.matching.numbers import is_mistyped
from tests.cases.acceptance.given import cases_of
from tests.cases.intake.handing import placed_by_a_system
from tests.cases.intake.placements import codes
from tests.cases.intake.test_json_placement import case, check_case
from tests.people import Cast, Visit

VAT, CREDIT_CODE = "DE136695976", "91110000802100433B"
ADDRESS = {"postal_code": "200040", "city": "上海", "country": "CN"}


def debtor(**changed: object) -> dict[str, Any]:
    """A company of Shanghai."""
    return {"name": "上海明达贸易有限公司", "address": {"street": "南京西路 1", **ADDRESS}, **changed}


def person(street: str = "", **changed: object) -> dict[str, Any]:
    """Somebody of a very common name."""
    return {"kind": "person", "name": "王伟", "address": {"street": street, **ADDRESS}, **changed}


@pytest.mark.parametrize(
    ("number", "country", "slip"),
    [
        (VAT, "DE", False), ("DE 136 695 977", "DE", True), ("HRB 108223", "DE", False), ("12/345/67890", "DE", False),
        (CREDIT_CODE, "CN", False), ("91110000802100433C", "CN", True), ("11010519491231002X", "CN", False),
        ("CHE-100.155.212", "CH", False), ("GB 980 7806 85", "GB", True), ("NO 995 525 828 MVA", "NO", False),
        ("EL094259216", "GR", False), ("SC123456", "GB", False), ("12-3456789", "US", False), ("DE136695977", "", False),
    ],
)  # fmt: skip
def test_a_number_whose_check_digit_is_wrong_is_a_slip(number: str, country: str, slip: bool) -> None:
    assert is_mistyped(number, country) is slip


def test_a_slip_is_told_and_the_number_kept() -> None:
    checked = check_case(debtor=debtor(registration_number=f" {CREDIT_CODE} ", tax_id="91110000802100433C"))
    assert codes(checked) == [("debtor.tax_id", Code.BAD_NUMBER)]
    assert checked.draft
    assert checked.draft.debtor.registration_number == CREDIT_CODE
    assert checked.draft.debtor.tax_id == "91110000802100433C"
    written = written_of(_draft(checked.draft))
    assert (written.values["registration_number"], written.values["tax_id"]) == (CREDIT_CODE, "91110000802100433C")


def test_a_placement_without_numbers_is_the_same_content_as_ever_and_one_with_them_another() -> None:
    plain, told = check_case(debtor=debtor()).draft, check_case(debtor=debtor(tax_id=CREDIT_CODE)).draft
    assert plain and told
    assert "tax_id" not in _draft(plain)
    assert content_digest([plain]) != content_digest([told])


@pytest.mark.parametrize(
    ("registered", "taxed"),
    [("Company No", "VAT Reg No"), ("Handelsregister-Nr.", "USt-IdNr."), ("统一社会信用代码", "税号"), ("N° SIREN", "N° TVA"),
     ("KvK-nummer", "BTW-nummer")],
)  # fmt: skip
def test_columns_of_numbers_are_known_by_their_captions(registered: str, taxed: str) -> None:
    columns = ("Invoice No", "Customer Name", registered, taxed, "Due Date", "Open Balance")
    cells = ("RE-1", "Müller GmbH", "HRB 108223", VAT, "2026-07-01", "100.00")
    fields = guess(columns, [Row(2, cells)]).map.fields
    assert [fields[name].columns[0].caption for name in ("registration_number", "tax_id")] == [registered, taxed]


async def test_debtors_of_one_number_are_one_and_each_client_sees_what_it_placed(
    cast: Cast, owner: asyncpg.Connection, visit: Visit
) -> None:
    first = await placed_by_a_system(
        cast.brandt_submitter.actor, [case("K-1", debtor=debtor(registration_number=CREDIT_CODE))]
    )
    elsewhere = {"name": "上海市明达贸易", "address": {"street": "北京路 9", "city": "苏州", "country": "CN"}}
    second = await placed_by_a_system(
        cast.lanting_submitter.actor, [case("L-1", debtor={**elsewhere, "tax_id": CREDIT_CODE.lower()})]
    )
    ((score, match_id),) = await owner.fetch(
        "select score, id from debtor_matches where agency_id = $1", cast.nordkai.id
    )
    assert score > 90
    (ours,), (theirs,) = await cases_of(owner, first.id), await cases_of(owner, second.id)
    manager, sibling = await visit(cast.manager), await visit(cast.lanting_admin)
    pair = (await manager.get(f"/debtors/matches/{match_id}")).text
    assert CREDIT_CODE in pair and CREDIT_CODE.lower() in pair
    assert CREDIT_CODE in (await manager.get(f"/cases/{ours['id']}")).text
    assert CREDIT_CODE.lower() in (await sibling.get(f"/cases/{theirs['id']}")).text
    assert CREDIT_CODE not in (await sibling.get(f"/cases/{theirs['id']}")).text


async def test_persons_of_one_name_and_postal_code_are_one_only_if_more_is_the_same(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    debtors = [
        person("南京西路 1 号"), person("南京西路1号"), person("南京西路 2 号"),
        person(email="wang@example.cn"), person(email="WANG@example.cn"), person(phone="021 6212 3456"), person(), person(),
        debtor(), debtor(address={"street": "别处 9", **ADDRESS}),
    ]  # fmt: skip
    placement = await placed_by_a_system(
        cast.brandt_submitter.actor, [case(f"K-{n}", debtor=each) for n, each in enumerate(debtors)]
    )
    rows = await owner.fetch("select debtor_id from cases where placement_id = $1 order by reference", placement.id)
    known = [row["debtor_id"] for row in rows]
    assert known[0] == known[1] and known[3] == known[4] and known[8] == known[9]
    assert len(set(known)) == 7
    again = await placed_by_a_system(cast.lanting_submitter.actor, [case("L-1", debtor=person("南京西路 2 号"))])
    assert await owner.fetchval("select debtor_id from cases where placement_id = $1", again.id) == known[2]


def test_a_key_of_a_person_is_never_longer_than_an_index_takes() -> None:
    draft = check_case(debtor=person("ﷺ" * 300)).draft
    assert draft and len(told_apart_by(draft.debtor)) == 200

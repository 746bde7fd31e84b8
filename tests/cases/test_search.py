"""Finding things: fragments in any script, and never a sibling's debtor."""

from __future__ import annotations

import asyncpg
import pytest

from cases.search.find import Found, find
from portal import clock
from portal.tenancy.database import Scope, sql, transaction
from tests.cases.casework import MONDAY, placed_case
from tests.people import Cast, Person, Visit


async def search(person: Person, query: str) -> Found:
    async with transaction(person.actor.scope, read_only=True):
        return await find(person.actor, query)


async def names(person: Person, query: str) -> list[str]:
    return [case["debtor_name"] for case in (await search(person, query)).cases]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("上海贸易", "上海贸易有限公司"),
        ("华为", "深圳市华为技术有限公司"),
        ("贸易", "上海贸易有限公司"),
        ("技术有限", "深圳市华为技术有限公司"),
        ("Müller", "Müller Maschinenbau GmbH"),
        ("muller", "Müller Maschinenbau GmbH"),
        ("MÜLLER MASCH", "Müller Maschinenbau GmbH"),
        ("maschinen", "Müller Maschinenbau GmbH"),
        ("Mü", "Müller Maschinenbau GmbH"),
        ("müller gmbh", "Müller Maschinenbau GmbH"),
        ("Groß", "Groß & Weiß KG"),
        ("gross", "Groß & Weiß KG"),
        ("weiss", "Groß & Weiß KG"),
        ("ß", "ßeta Test"),
        ("ＡＢＣ", "ABC Pumps"),
        ("Société Générale", "SOCIETE GENERALE SA"),
    ],
)
async def test_a_fragment_of_a_name_finds_the_case(cast: Cast, query: str, name: str) -> None:
    every = (
        "上海贸易有限公司", "深圳市华为技术有限公司", "Müller Maschinenbau GmbH", "Groß & Weiß KG", "ßeta Test",
        "ABC Pumps", "SOCIETE GENERALE SA", "华上为海 Trading",
    )  # fmt: skip
    for each in every:
        await placed_case(cast.nordkai, cast.brandt, debtor=each)
    assert await names(cast.brandt_viewer, query) == [name]
    assert await names(cast.negotiator, query) == [name]


@pytest.mark.parametrize("query", ["", " ", "a", "%%%", "___", "\\", "'", "\0", "x" * 500, "海上"])
async def test_signs_mean_themselves_and_one_letter_finds_nothing(cast: Cast, query: str) -> None:
    await placed_case(cast.nordkai, cast.brandt, debtor="上海 aaa bbb ccc")
    assert await names(cast.negotiator, query) == []


async def test_number_reference_and_invoice_find_the_case_the_exact_one_first(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    first, second = [await placed_case(cast.nordkai, cast.brandt) for _ in range(2)]
    await owner.execute("update cases set reference = 'RE-100' where id = $1", first)
    await owner.execute("update cases set reference = 'RE-1001' where id = $1", second)
    await owner.execute("update invoices set number = 'INV/77-A' where case_id = $1", second)
    assert [case["id"] for case in (await search(cast.brandt_viewer, "re-100")).cases] == [first, second]
    assert [case["id"] for case in (await search(cast.brandt_viewer, "2026-00002")).cases] == [second]
    found = (await search(cast.negotiator, "inv/77")).cases
    assert [(case["id"], case["invoice_number"]) for case in found] == [(second, "INV/77-A")]


async def test_a_client_never_finds_a_siblings_case_debtor_or_invoice(cast: Cast, owner: asyncpg.Connection) -> None:
    theirs = await placed_case(cast.nordkai, cast.lanting, debtor="Theirs Maschinen AG")
    await owner.execute("update invoices set number = 'SIB-4711' where case_id = $1", theirs)
    for query in ("Theirs", "Maschinen", "SIB-4711", "2026-00001", cast.lanting.name):
        assert not await search(cast.brandt_viewer, query)
    assert await names(cast.lanting_admin, "theirs") == ["Theirs Maschinen AG"]


async def test_a_client_is_not_shown_what_the_agency_calls_the_debtor(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt, debtor="Placed Name KG")
    await owner.execute(
        "update debtors set name = 'Better Name AG' where id = (select debtor_id from cases where id = $1)", case_id
    )
    assert not await search(cast.brandt_viewer, "Better")
    assert [debtor["name"] for debtor in (await search(cast.negotiator, "Better")).debtors] == ["Better Name AG"]


async def test_another_agency_finds_nothing_of_ours(cast: Cast) -> None:
    await placed_case(cast.nordkai, cast.brandt, debtor="Unser Schuldner KG")
    for query in ("Schuldner", "2026-00001", "Brandt"):
        assert not await search(cast.huadong_owner, query)
        assert not await search(cast.mingda_submitter, query)


@pytest.mark.parametrize("kind", ["", "client", "debtor"])
async def test_a_scope_that_is_not_complete_finds_nothing(cast: Cast, kind: str) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt, debtor="Unser Schuldner KG")
    async with transaction(Scope(kind=kind, agency_id=cast.nordkai.id, case_id=case_id)):
        assert await sql("select * from search_cases('Schuldner', 10)") == []
        assert await sql("select * from search_debtors('Schuldner', 10)") == []
    async with transaction(Scope(kind=kind or "staff")):
        assert await sql("select * from search_cases('Schuldner', 10)") == []


async def test_staff_find_debtors_and_clients_and_what_they_open_is_narrowed_to_them(cast: Cast, visit: Visit) -> None:
    with clock.at(MONDAY):
        await placed_case(cast.nordkai, cast.brandt, debtor="Findme KG")
        await placed_case(cast.nordkai, cast.brandt, debtor="Other KG")
        negotiator = await visit(cast.negotiator)
        page = (await negotiator.get("/search", params={"q": "findme"})).text
        debtor = (await search(cast.negotiator, "findme")).debtors[0]
        assert f"/cases?debtor={debtor['id']}" in page
        listed = (await negotiator.get(f"/cases?debtor={debtor['id']}")).text
        assert "Findme KG" in listed
        assert "Other KG" not in listed
        assert f"/cases?client={cast.brandt.id}" in (await negotiator.get("/search?q=Brandt")).text
        # A client that knows a debtor's id cannot narrow by it: its list stays what it is.
        assert "Other KG" in (await (await visit(cast.brandt_viewer)).get(f"/cases?debtor={debtor['id']}")).text


async def test_the_page_keeps_the_words_and_says_when_nothing_is_found(cast: Cast, visit: Visit) -> None:
    client = await visit(cast.brandt_viewer)
    answer = await client.get("/search", params={"q": "<b>Nobody</b>"})
    assert answer.status_code == 200
    assert "Nothing found" in answer.text
    assert "<b>Nobody" not in answer.text
    assert (await client.get("/search")).status_code == 200
    assert (await (await visit()).get("/search?q=x")).status_code in (303, 401)

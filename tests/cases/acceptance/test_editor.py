"""Managers edit what is accepted; and the flag that a debtor is itself a client, which no client ever sees."""

from __future__ import annotations

import re

import asyncpg
import pytest

from cases.acceptance.form import gathered, rules_in, texts_of
from cases.acceptance.rulebook import change, kept
from cases.acceptance.rules import DebtorKind, DocumentRule, Rules
from portal.errors import Forbidden, NotFound, Refused
from portal.pages.forms import Form
from portal.tenancy.database import DB, transaction
from tests.cases.acceptance.given import STRICT, cases_of, three_cases
from tests.cases.intake.handing import placed_by_a_system
from tests.cases.intake.test_json_placement import case as a_case
from tests.editing import edit
from tests.people import Cast, Visit

EVERYTHING = Rules(
    {"EUR": 100_00, "JPY": 5000}, 365, frozenset({"AT", "DE"}),
    (DocumentRule("contract", "EUR", 5_000_00, DebtorKind.COMPANY), DocumentRule("invoice")),
)  # fmt: skip


def test_rules_stand_in_the_form_as_they_are_kept() -> None:
    assert rules_in(Form(texts_of(EVERYTHING)), of_client=True) == EVERYTHING
    assert rules_in(Form(texts_of(None)), of_client=True) is None
    assert rules_in(Form(texts_of(Rules())), of_client=False) is None
    ticked = {"own": "1", "country_AT": "1", "country_DE": "1", "country_XX": "1"}
    assert rules_in(gathered(Form(ticked)), of_client=True) == Rules(countries=frozenset({"AT", "DE"}))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"minimum_3": "12,5", "minimum_currency_3": "EUR"}, "minimum_3"),
        ({"minimum_0": "0", "minimum_currency_0": "EUR"}, "minimum_0"),
        ({"minimum_0": "1", "minimum_currency_0": "XXX"}, "minimum_currency_0"),
        ({"minimum_0": "1", "minimum_currency_0": "EUR", "minimum_1": "2", "minimum_currency_1": "EUR"},
         "minimum_currency_1"),
        ({"longest_days": "a year"}, "longest_days"),
        ({"from_0": "50"}, "kind_0"),
        ({"kind_0": "poem"}, "kind_0"),
        ({"kind_0": "contract", "from_0": "-1", "from_currency_0": "EUR"}, "from_0"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_at_its_field(typed: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refused:
        rules_in(Form({"own": "1", **typed}), of_client=True)
    assert refused.value.field == field


async def test_a_manager_tries_keeps_and_reads_the_rules_again(cast: Cast, visit: Visit) -> None:
    await three_cases(cast.brandt_submitter.actor)
    manager, path = await visit(cast.manager), f"/clients/{cast.brandt.id}/acceptance"
    lines = {"minimum_0": "100", "minimum_currency_0": "EUR", "kind_0": "contract", "from_0": "5,000.00",
             "from_currency_0": "EUR", "own": "1"}  # fmt: skip
    page = (await edit(manager, path, **lines, **{"try": "1"})).text
    assert "Of the 3 cases of" in page and "2 would have needed information" in page and "Nothing is saved yet" in page
    longer = await edit(manager, path, page.replace('name="try"', 'name="tried"'), more="1")
    assert 'name="kind_5"' in longer.text and 'value="5,000.00"' in longer.text
    saved = await edit(manager, path, **lines)
    assert (saved.status_code, saved.headers["location"]) == (303, path)
    async with transaction(cast.manager.actor.scope, read_only=True):
        assert await kept(cast.manager.actor, cast.brandt.id) == STRICT
    read = (await (await visit(cast.auditor)).get(path)).text
    assert "Claims of EUR\xa0100.00 or more." in read and "<textarea" not in read and "Version 1" in read
    trail = (await manager.get("/audit")).text
    assert "changed what is accepted" in trail


async def test_of_two_tabs_the_second_sees_what_the_first_saved(cast: Cast, visit: Visit) -> None:
    manager, path = await visit(cast.manager), "/settings/acceptance"
    opened_before = (await manager.get(path)).text
    await edit(manager, path, longest_days="365")
    second = await edit(manager, path, opened_before, minimum_0="50", minimum_currency_0="EUR")
    assert second.status_code == 422 and "saved changes" in second.text
    assert 'value="365"' in second.text and 'value="50"' in second.text, "theirs is filled in, mine is kept"
    assert (await edit(manager, path, second.text)).status_code == 303
    async with transaction(cast.manager.actor.scope, read_only=True):
        assert await kept(cast.manager.actor, None) == Rules({"EUR": 50_00}, 365)


async def test_who_may_change_the_rules(cast: Cast) -> None:
    for who in ("negotiator", "finance", "auditor", "brandt_admin"):
        actor = cast.people[who].actor
        with pytest.raises(Forbidden):
            async with transaction(actor.scope):
                await change(actor, cast.brandt.id, STRICT, None)
    with pytest.raises(NotFound):
        async with transaction(cast.huadong_owner.actor.scope):
            await change(cast.huadong_owner.actor, cast.brandt.id, STRICT, None)


def against(reference: str, name: str, **changed: str) -> dict[str, object]:
    """A case against a company of Suzhou."""
    debtor = {"name": name, "address": {"street": "苏虹路 1", "city": "苏州", "country": "CN"}, **changed}
    return a_case(reference, debtor=debtor)


async def test_staff_see_that_a_debtor_is_a_client_and_no_client_does(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    await owner.execute(
        "update clients set country = 'CN', vat_number = '91110000802100433B' where id = $1", cast.lanting.id
    )
    placement = await placed_by_a_system(
        cast.brandt_submitter.actor,
        [
            against("K-1", "SUZHOU LANTING BEARINGS"),
            against("K-2", "Suzhou Lanting Bearings Co., Ltd.", tax_id="9111 0000 8021 0043 3B"),
            against("K-3", "Plain Bearings"),
        ],
    )
    possible, certain, plain = await cases_of(owner, placement.id)
    negotiator = await visit(cast.negotiator)
    told = {case["id"]: (await negotiator.get(f"/cases/{case['id']}")).text for case in (possible, certain, plain)}
    assert "may be a client of ours" in told[possible["id"]] and "same name" in told[possible["id"]]
    assert "is itself a client of ours" in told[certain["id"]] and "same registration or tax" in told[certain["id"]]
    assert "a client of ours" not in told[plain["id"]]
    page = (await negotiator.get(f"/placements/{placement.id}")).text
    assert page.count("may be our client") == page.count("is our client") == 1
    assert page.count(f'href="/clients/{cast.lanting.id}"') == 2

    client = await visit(cast.brandt_admin)
    for path in (f"/cases/{certain['id']}", f"/placements/{placement.id}", "/cases", "/home", "/cases.csv"):
        text = (await client.get(path)).text
        assert "client of ours" not in text and "our client" not in text and str(cast.lanting.id) not in text

    # Nor does the time tell it: the same questions are asked of the database for either case.
    asked = await _counting(monkeypatch)
    numbers = []
    for case in (certain, plain):
        asked.clear()
        text = (await client.get(f"/cases/{case['id']}")).text
        numbers.append((list(asked), len(re.sub(case["debtor_name"], "", text)) > 0))
    assert numbers[0] == numbers[1]


async def _counting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What connections are asked from now on."""
    import portal.tenancy.database as tenancy

    asked: list[str] = []
    plain = tenancy.connection

    def listening() -> object:
        held = plain()
        return _Listening(held, asked)

    monkeypatch.setattr(tenancy, "connection", listening)
    assert DB.pool
    return asked


class _Listening:
    """A connection that writes down what it is asked."""

    def __init__(self, held: object, asked: list[str]) -> None:
        self._held, self._asked = held, asked

    def __getattr__(self, name: str) -> object:
        method = getattr(self._held, name)
        if name not in ("fetch", "fetchrow", "fetchval", "execute"):
            return method

        async def listening(query: str, *arguments: object) -> object:
            self._asked.append(query)
            return await method(query, *arguments)

        return listening

"""An agency says how sure a match must be and how long money is held; what is recorded already keeps its hold."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from billing.money_rules.rules import MoneyRules, change_rules, rules_of
from portal.editing import ChangedMeanwhile
from portal.errors import Forbidden, Refused
from portal.tenancy.database import transaction
from tests.billing.bank.matching.arriving import arrived, kinds, said
from tests.billing.bank.matching.test_booking import did, number
from tests.billing.bank.statements import opened
from tests.billing.money import TODAY, agreed, pay, wrong
from tests.cases.casework import placed_case
from tests.people import Cast, Visit


async def test_a_hold_counts_for_what_is_recorded_from_then_on_and_a_limit_for_what_the_bank_tells(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    await agreed(cast, cast.brandt)
    account = await opened(cast.finance)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=1_000_00)
    before = await pay(cast.finance, case_id, 10_00, channel="cheque", reference="1")
    strict = MoneyRules(match_limit=100, hold_cheque=21, hold_bank=2)
    await did(cast.finance, change_rules, strict, MoneyRules())
    after = await pay(cast.finance, case_id, 11_00, channel="cheque", reference="2")
    assert [one.release_on - TODAY for one in (before, after)] == [timedelta(days=10), timedelta(days=21)]
    text = await number(owner, case_id)
    # The case number and the name: 90 of 100, enough by default and not here.
    [line] = await arrived(cast.finance, account, said(100_00, text, "MUELLER MASCHINENBAU GMBH"))
    assert await kinds(owner, line) == ["suspense"]
    assert await wrong(cast.nordkai.id) == []


async def test_finance_changes_the_rules_and_nobody_overwrites_what_they_have_not_seen(
    cast: Cast, visit: Visit
) -> None:
    for person in (cast.manager, cast.auditor, cast.brandt_admin):
        with pytest.raises(Forbidden):
            await did(person, change_rules, MoneyRules(hold_card=1), MoneyRules())
    for wanted in (MoneyRules(match_limit=49), MoneyRules(hold_card=61), MoneyRules(hold_bank=-1)):
        with pytest.raises(Refused):
            await did(cast.finance, change_rules, wanted, MoneyRules())
    await did(cast.owner, change_rules, MoneyRules(hold_card=9), MoneyRules())
    with pytest.raises(ChangedMeanwhile):
        await did(cast.finance, change_rules, MoneyRules(hold_card=3), MoneyRules())
    async with transaction(cast.huadong_finance.actor.scope, read_only=True):
        assert await rules_of(cast.huadong_finance.actor) == MoneyRules()
    async with await visit(cast.finance) as finance:
        page = await finance.get("/bank/rules")
        assert page.status_code == 200 and 'value="9"' in page.text
        wrong_one = await finance.post("/bank/rules", data={"seen": "{}", "match_limit": "x"})
        assert wrong_one.status_code == 422 and "A whole number from 50 to 100." in wrong_one.text
    async with await visit(cast.auditor) as auditor:
        assert "Save" not in (await auditor.get("/bank/rules")).text

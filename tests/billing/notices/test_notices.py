"""What is wrong at the bank stands before finance with its amount, is mailed once, and goes away once it is explained."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from billing.money_rules.rules import MoneyRules, change_rules
from billing.notices.looking import sign_off_by
from billing.notices.rules import Finding, Stood, changes
from billing.notices.standing import Standing, sentence, standing
from billing.notices.tables import NoticeKind
from billing.notices.watch import look, look_again
from billing.reconciliation.sign import sign_first, sign_second
from billing.remittance.proof import Proof
from portal import clock
from portal.identity import new_id
from portal.jobs import work_off
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.fees.test_client_pages import text
from tests.billing.money import NOON, TODAY, wrong
from tests.billing.reconciliation.test_reconciliation import YESTERDAY, account, told
from tests.letterbox import Letterbox
from tests.people import PASSWORD, Cast, Person, Visit

__all__ = ["account"]
NOVEMBER = date(2026, 11, 30)


async def looked(cast: Cast, day: date = TODAY) -> list[tuple[str, int | None]]:
    """Have the portal look on a day and write its mails; gives what stands."""
    with clock.at(NOON + (day - TODAY)):
        await look_again({"agency_id": str(cast.nordkai.id)})
        await work_off(agency_id=cast.nordkai.id)
        return sorted((str(one.kind), one.amount_minor) for one in await stands(cast.auditor))


async def stands(person: Person) -> list[Standing]:
    async with transaction(person.actor.scope, read_only=True):
        return await standing(person.actor)


async def recorded(owner: asyncpg.Connection, cast: Cast) -> list[str]:
    rows = await owner.fetch(
        "select action from audit_events where agency_id = $1 and subject_kind = 'notice' order by id", cast.nordkai.id
    )
    return [row["action"].removeprefix("notice.") for row in rows]


async def by_rules(cast: Cast, rules: MoneyRules, before: MoneyRules | None = None) -> MoneyRules:
    async with transaction(cast.owner.actor.scope):
        await change_rules(cast.owner.actor, rules, before or MoneyRules())
    return rules


def a_finding(about: str, amount: int) -> Finding:
    return Finding(kind=NoticeKind.DIFFERS, about=about, currency="GBP", on_day=TODAY, amount_minor=amount)


found = st.dictionaries(st.sampled_from("ABC"), st.integers(-2, 2))


@given(st.lists(found, max_size=5))
@examples(max_examples=40)
def test_each_thing_that_is_wrong_has_one_notice_and_nothing_is_told_twice(nights: list[dict[str, int]]) -> None:
    stood: dict[UUID, Finding] = {}
    known: dict[str, int] = {}
    for night in nights:
        findings = [a_finding(about, amount) for about, amount in night.items()]
        what = changes([Stood(*one) for one in stood.items()], findings)
        assert {one.about: one.amount_minor for one in (*what.begun, *what.changed.values())} == {
            about: amount for about, amount in night.items() if known.get(about) != amount
        }
        stood = {key: one for key, one in (stood | dict(what.changed)).items() if key not in what.ended}
        stood |= {new_id(): one for one in what.begun}
        known = {one.about: one.amount_minor or 0 for one in stood.values()}
        assert known == night and len(stood) == len(night)


async def test_a_difference_is_told_once_and_goes_away_when_it_is_explained(
    cast: Cast, owner: asyncpg.Connection, account: UUID, letterbox: Letterbox, visit: Visit
) -> None:
    await told(owner, cast, account, 0, 10_000, 2_550)
    assert await looked(cast) == [] and letterbox.kept == []
    await owner.execute("update users set language = 'zh-Hans' where id = $1", cast.second_finance.user_id)
    await owner.execute(
        "update bank_statements set closing_minor = closing_minor + 500 where agency_id = $1", cast.nordkai.id
    )
    for _ in range(2):
        assert await looked(cast) == [("differs", 500)]
    mails = {people[0]: message for people, message in letterbox.kept}
    assert len(letterbox.kept) == 3 and set(mails) == {
        cast.owner.email, cast.finance.email, cast.second_finance.email
    }, "those who may reconcile, once"  # fmt: skip
    said = mails[cast.finance.email].get_content()
    assert "Trust: at the end of 22 Nov 2026 the bank has GBP 5.00 more than the ledger" in said.replace("\xa0", " ")
    assert f"/reconciliation?on={YESTERDAY.isoformat()}" in said
    assert "银行" in mails[cast.second_finance.email].get_content()
    with clock.at(NOON):
        finance = await visit(cast.finance)
        for page in ("/payments", "/bank", "/remittances", "/reconciliation"):
            seen = text((await finance.get(page)).text)
            assert "the bank has GBP 5.00 more than the ledger, which no item explains. Since 23 Nov 2026." in seen, (
                page
            )
        for name in ("huadong_finance", "manager", "brandt_admin"):
            assert await stands(getattr(cast, name)) == []
            answer = await (await visit(getattr(cast, name))).post("/reconciliation/notices")
            assert answer.status_code == (303 if name == "huadong_finance" else 403)
        assert "more than the ledger" not in (await (await visit(cast.huadong_finance)).get("/payments")).text
    # Another amount is another difference; nobody is told of what is right.
    await owner.execute(
        "update bank_statements set closing_minor = closing_minor - 800 where agency_id = $1", cast.nordkai.id
    )
    assert await looked(cast, TODAY + timedelta(days=1)) == [("differs", -300)]
    assert len(letterbox.kept) == 6
    later = [message.get_content().replace("\xa0", " ") for _, message in letterbox.kept[3:]]
    assert sum("GBP 3.00 less than the ledger" in said for said in later) == 2
    await owner.execute(
        "update bank_statements set closing_minor = closing_minor + 300 where agency_id = $1", cast.nordkai.id
    )
    with clock.at(NOON):
        answer = await finance.post("/reconciliation/notices")
        assert answer.status_code == 303 and await stands(cast.finance) == []
        assert "no item explains" not in (await finance.get("/payments")).text
    assert await recorded(owner, cast) == ["began", "changed", "ended"]
    assert len(letterbox.kept) == 6 and await wrong(cast.nordkai.id) == []


async def test_a_mail_that_the_server_refuses_is_tried_again_and_one_about_what_is_right_by_then_is_not_sent(
    cast: Cast, owner: asyncpg.Connection, account: UUID, letterbox: Letterbox
) -> None:
    await told(owner, cast, account, 0, 10_000, 2_550)
    await owner.execute(
        "update bank_statements set closing_minor = closing_minor + 500 where agency_id = $1", cast.nordkai.id
    )
    letterbox.refuses = True
    with clock.at(NOON):
        await look_again({"agency_id": str(cast.nordkai.id)})
        await work_off(agency_id=cast.nordkai.id, forgiving=True)
    assert letterbox.kept == []
    letterbox.refuses = False
    await owner.execute(
        "update bank_statements set closing_minor = closing_minor - 500 where agency_id = $1", cast.nordkai.id
    )
    assert await looked(cast) == [] and letterbox.kept == []


async def test_a_missing_statement_and_an_old_one_stand_until_the_bank_has_told(
    cast: Cast, owner: asyncpg.Connection, account: UUID, letterbox: Letterbox
) -> None:
    await told(owner, cast, account, 0, 10_000, 2_550)
    await told(owner, cast, account, 12_750, on=TODAY)  # one with 200 lies between
    assert await looked(cast) == [("chain", 200), ("differs", 200)]
    [(_, mail), *_] = letterbox.kept
    assert "and 1 more" in mail["subject"] and "GBP 2.00 lie between" in mail.get_content().replace("\xa0", " ")
    await told(owner, cast, account, 12_550, 200, on=YESTERDAY)
    assert await looked(cast) == []
    # Five working days of the bank's country, England: from Monday the 23rd through Monday the 30th.
    assert await looked(cast, NOVEMBER) == []
    assert await looked(cast, NOVEMBER + timedelta(days=1)) == [("old", None)]
    await by_rules(cast, MoneyRules(statement_days=6))
    assert await looked(cast, NOVEMBER + timedelta(days=1)) == []
    await by_rules(cast, MoneyRules(statement_days=0), MoneyRules(statement_days=6))
    assert await looked(cast, NOVEMBER + timedelta(days=14)) == []
    assert await recorded(owner, cast) == ["began", "began", "ended", "ended", "began", "ended"]


async def test_a_month_that_two_have_not_signed_in_time_stands_until_they_have(
    cast: Cast, account: UUID, settings: Settings, letterbox: Letterbox
) -> None:
    assert await looked(cast, date(2026, 12, 15)) == []
    assert await looked(cast, date(2026, 12, 16)) == [("unsigned", None)]
    [one] = await stands(cast.finance)
    assert sentence(one) == "GBP: the end of November\xa02026 is not signed by two, and its time is over."
    # Two months later it still stands, beside those that followed.
    assert await looked(cast, date(2027, 2, 20)) == [("unsigned", None), ("unsigned", None)]
    with clock.at(NOON + (date(2027, 2, 20) - TODAY)):
        async with transaction(cast.finance.actor.scope):
            signed_id = await sign_first(cast.finance.actor, "GBP", NOVEMBER)
        assert len(await stands(cast.finance)) == 2, "one has signed"
        async with transaction(cast.owner.actor.scope):
            await sign_second(cast.owner.actor, signed_id, Proof(password=PASSWORD), settings.secret_key)
        await work_off(agency_id=cast.nordkai.id)
        assert [one.on_day for one in await stands(cast.finance)] == [date(2027, 1, 31)]
    assert len(letterbox.kept) == 6


@pytest.mark.parametrize(
    ("rules", "by"),
    [
        ({}, date(2026, 12, 15)),
        ({"signoff_days": 0}, None),
        ({"signoff_days": 0, "law": "us-il"}, date(2026, 12, 31)),
        ({"signoff_days": 45, "law": "us-il"}, date(2026, 12, 31)),
        ({"signoff_days": 10, "law": "us-il"}, date(2026, 12, 10)),
        ({"signoff_days": 0, "law": "ca-on"}, None),
    ],
)
def test_a_month_is_signed_by_the_agencys_own_day_or_its_laws(rules: dict[str, Any], by: date | None) -> None:
    assert sign_off_by(NOVEMBER, MoneyRules(**rules)) == by


async def test_two_who_look_at_once_find_one_thing_once(cast: Cast, owner: asyncpg.Connection, account: UUID) -> None:
    await told(owner, cast, account, 0, 10_000, 2_650)

    async def once(person: Person) -> None:
        async with transaction(person.actor.scope):
            await look(person.actor)

    await owner.execute(
        "update bank_statements set closing_minor = closing_minor + 5 where agency_id = $1", cast.nordkai.id
    )
    with clock.at(NOON):
        await asyncio.gather(once(cast.finance), once(cast.second_finance))
    assert await owner.fetchval("select count(*) from notices where agency_id = $1", cast.nordkai.id) == 1

"""What a law asks of clients' money, by when, and what of it is still to be done."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from billing.deadlines.register import Deadlines, deadlines_of
from billing.deadlines.rules import LAWS
from billing.money_rules.rules import MoneyRules, change_rules
from portal import clock
from portal.errors import Forbidden
from portal.people.actor import Actor
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.bank.statements import opened
from tests.billing.fees.test_client_pages import text
from tests.billing.money import agreed, pay
from tests.billing.remitting import remitted, terms
from tests.cases.casework import placed_case
from tests.people import Cast, Visit

FRIDAY = date(2026, 8, 7)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo("Europe/Berlin"))


async def due(actor: Actor, day: date) -> Deadlines:
    with clock.at(noon(day)):
        async with transaction(actor.scope, read_only=True):
            return await deadlines_of(actor)


async def works_to(cast: Cast, law: str) -> None:
    async with transaction(cast.owner.actor.scope):
        await change_rules(cast.owner.actor, MoneyRules(law=law), MoneyRules())


@pytest.mark.parametrize(
    ("law", "deposit", "remit", "prove"),
    [
        ("us-wa", date(2026, 8, 17), date(2026, 9, 30), None),
        ("us-il", date(2026, 8, 14), None, date(2026, 9, 30)),
        ("ca-on", date(2026, 8, 11), date(2026, 9, 20), None),
    ],
)
def test_days_are_counted_as_each_law_counts_them(
    law: str, deposit: date, remit: date | None, prove: date | None
) -> None:
    found = LAWS[law]
    assert (found.deposit_by(FRIDAY), found.remit_by(FRIDAY), found.prove_by(FRIDAY)) == (deposit, remit, prove)


async def test_money_of_a_month_is_due_until_its_statement_is_closed(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    await terms(owner, cast.brandt)
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP", placed_at=noon(FRIDAY) - timedelta(days=60))
    assert (await due(cast.finance.actor, FRIDAY)).law is None
    await works_to(cast, "us-wa")
    await pay(cast.finance, case_id, 300_00, on=FRIDAY, at=noon(FRIDAY))
    await pay(cast.finance, case_id, 20_00, on=FRIDAY, at=noon(FRIDAY), channel="direct", reference="at the client")
    assert not (await due(cast.finance.actor, date(2026, 8, 31))).to_remit, "the month has not ended"
    [found] = (await due(cast.finance.actor, date(2026, 9, 1))).to_remit
    assert (found.amount_minor, found.client_name, found.by, found.is_soon) == (
        300_00, cast.brandt.name, date(2026, 9, 30), False
    )  # fmt: skip
    late = await due(cast.finance.actor, date(2026, 10, 1))
    assert late.pressing == [late.to_remit[0]] and late.to_remit[0].is_late
    assert not (await due(cast.huadong_finance.actor, date(2026, 10, 1))).to_remit
    finance = await visit(cast.finance)
    with clock.at(noon(date(2026, 10, 1))):
        assert "1 deadline of the law is near or over." in (await finance.get("/remittances")).text
        assert "Late by 1 day: was due by 30 Sep 2026" in text((await finance.get("/deadlines")).text)
    await remitted(cast, settings, at=noon(date(2026, 10, 1)))
    assert not (await due(cast.finance.actor, date(2026, 10, 2))).to_remit


Late = dict[str, tuple[int, str]]
WASHINGTON: list[tuple[date, Late]] = [
    (date(2026, 8, 17), {}),
    (date(2026, 8, 18), {"in_hand": (1, "Late by 1 day: was due by 17 Aug 2026")}),
    (
        date(2026, 10, 3),
        {
            "in_hand": (47, "Late by 47 days: was due by 17 Aug 2026"),
            "to_remit": (3, "Late by 3 days: was due by 30 Sep 2026"),
        },
    ),
]
"""Ten days to the bank, thirty days after the month's end to the client."""
ILLINOIS: list[tuple[date, Late]] = [
    (date(2026, 8, 17), {"in_hand": (3, "Late by 3 days: was due by 14 Aug 2026")}),
    (
        date(2026, 11, 1),
        {
            "in_hand": (79, "Late by 79 days: was due by 14 Aug 2026"),
            "to_prove": (32, "Late by 32 days: was due by 30 Sep 2026"),
        },
    ),
]
"""Five business days to the bank, and each month proved by the end of the next."""
ONTARIO: list[tuple[date, Late]] = [
    (date(2026, 8, 12), {"in_hand": (1, "Late by 1 day: was due by 11 Aug 2026")}),
    (
        date(2026, 9, 25),
        {
            "in_hand": (45, "Late by 45 days: was due by 11 Aug 2026"),
            "to_remit": (5, "Late by 5 days: was due by 20 Sep 2026"),
        },
    ),
]
"""Two banking days to the bank, by the 20th of the next month to the client."""


@pytest.mark.parametrize(("law", "days"), [("us-wa", WASHINGTON), ("us-il", ILLINOIS), ("ca-on", ONTARIO)])
async def test_who_is_late_and_by_how_much_stands_there_by_each_law(
    cast: Cast, visit: Visit, law: str, days: list[tuple[date, Late]]
) -> None:
    """Cash of Friday the 7th of August, Brandt's, lies in the till."""
    await agreed(cast, cast.brandt)
    await works_to(cast, law)
    with clock.at(noon(FRIDAY)):
        await opened(cast.finance)
    case_id = await placed_case(cast.nordkai, cast.brandt, placed_at=noon(FRIDAY) - timedelta(days=60))
    given = {"channel": "cash", "reference": "receipt 7", "payer": "K. Weber"}
    await pay(cast.finance, case_id, 300_00, on=FRIDAY, at=noon(FRIDAY), **given)
    for day, late in days:
        found = await due(cast.finance.actor, day)
        kinds = {"in_hand": found.in_hand, "to_remit": found.to_remit, "to_prove": found.to_prove}
        by = {kind: max(one.days_late for one in of) for kind, of in kinds.items() if any(one.is_late for one in of)}
        assert by == {kind: number for kind, (number, _) in late.items()}
        with clock.at(noon(day)):
            page = text((await (await visit(cast.auditor)).get("/deadlines")).text)
        for _, words in late.values():
            assert words in page, page
        assert ("to_remit" in late) == ("Brandt" in page)


async def test_cash_is_due_at_the_bank_until_a_line_tells_of_it_and_a_month_until_two_have_signed(
    cast: Cast, visit: Visit
) -> None:
    await agreed(cast, cast.brandt)
    await works_to(cast, "us-il")
    with clock.at(noon(FRIDAY)):
        await opened(cast.finance)
    case_id = await placed_case(cast.nordkai, cast.brandt, placed_at=noon(FRIDAY) - timedelta(days=60))
    await pay(
        cast.finance,
        case_id,
        300_00,
        on=FRIDAY,
        at=noon(FRIDAY),
        channel="cash",
        reference="receipt 7",
        payer="K. Weber",
    )
    found = await due(cast.finance.actor, date(2026, 8, 12))
    assert [(one.amount_minor, one.by, one.is_soon) for one in found.in_hand] == [(300_00, date(2026, 8, 14), True)]
    [month] = (await due(cast.finance.actor, date(2026, 9, 24))).to_prove
    assert (month.day, month.by, month.is_soon) == (date(2026, 8, 31), date(2026, 9, 30), True)
    with clock.at(noon(date(2026, 9, 24))):
        page = await (await visit(cast.auditor)).get("/deadlines")
        assert "225 ILCS 425" in page.text and "300.00" in page.text
        assert (await (await visit(cast.negotiator)).get("/deadlines")).status_code == 403
    for person in (cast.manager, cast.brandt_admin):
        with pytest.raises(Forbidden):
            await due(person.actor, FRIDAY)

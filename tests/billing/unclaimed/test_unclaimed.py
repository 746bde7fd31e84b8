"""Money that nobody claims for years is marked by two people, and stands in a report of its own."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from billing.surplus.register import list_surplus
from billing.suspense.match import match
from billing.suspense.register import list_suspended
from billing.suspense.take_in import suspend
from billing.unclaimed.mark import call_unclaimed, take_mark_away
from billing.unclaimed.register import limit_day, list_old
from portal.errors import Forbidden, NotFound, Refused
from tests.billing.money import TODAY, agreed, pay, wrong
from tests.billing.suspense.test_suspense import did, suspended
from tests.cases.casework import placed_case
from tests.people import Cast, Visit

LONG_AGO = TODAY - timedelta(days=3 * 366)


async def old_money(cast: Cast) -> UUID:
    found: UUID = await did(cast.finance, suspend, 7_500, "GBP", LONG_AGO, "bank", "=K. Weber", token=uuid4())
    return found


def test_money_is_old_after_three_years_on_any_day() -> None:
    assert limit_day(date(2026, 11, 26)) == date(2023, 11, 26)
    assert limit_day(date(2028, 2, 29)) == date(2025, 2, 28)


async def test_two_people_mark_old_money_and_whatever_is_done_with_it_takes_the_mark_away(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    piece, young = await old_money(cast), await suspended(cast.finance, 100)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=100, currency="GBP")
    payment = await pay(cast.finance, case_id, 600)
    for money_id, is_surplus in ((young, False), (payment.id, True)):
        with pytest.raises(Refused) as early:
            await did(cast.finance, call_unclaimed, money_id, is_surplus=is_surplus)
        assert early.value.code == "too_young"
    later = 3 * 366 + 30
    for person, money_id, is_surplus in (
        (cast.finance, piece, False), (cast.finance, piece, False), (cast.finance, payment.id, True),
        (cast.owner, payment.id, True),
    ):  # fmt: skip
        await did(person, call_unclaimed, money_id, is_surplus=is_surplus, days=later)
    found, _ = await did(cast.auditor, list_old, TODAY)
    assert {(each.id, each.status) for each in found} == {
        (piece, "asked"), (young, None), (payment.id, "marked"),
    }  # fmt: skip
    assert (await did(cast.finance, list_surplus))[0] == []
    await did(cast.second_finance, call_unclaimed, piece, is_surplus=False, days=later)
    assert [each.id for each in (await did(cast.finance, list_suspended))[0]] == [young]
    # Its owner turns up: it is booked to a case, and taken back it is work again.
    await did(cast.finance, match, piece, await placed_case(cast.nordkai, cast.brandt, currency="GBP", debtor="Weber"))
    await did(cast.finance, take_mark_away, payment.id, is_surplus=True)
    assert len((await did(cast.finance, list_surplus))[0]) == 1
    with pytest.raises(NotFound):
        await did(cast.finance, call_unclaimed, piece, is_surplus=False)
    assert await wrong(cast.nordkai.id) == []


async def test_only_finance_of_this_agency_marks_and_the_page_and_file_report(cast: Cast, visit: Visit) -> None:
    piece = await old_money(cast)
    for name in ("manager", "negotiator", "auditor", "brandt_admin", "huadong_finance"):
        for do in (call_unclaimed, take_mark_away):
            with pytest.raises((Forbidden, NotFound)):
                await did(getattr(cast, name), do, piece, is_surplus=False)
    site, other = await visit(cast.finance), await visit(cast.second_finance)
    assert f"/suspense/{piece}" in (await site.get("/unclaimed")).text
    for visitor in (site, other):
        assert (await visitor.post(f"/suspense/{piece}/unclaimed")).status_code == 303
    assert "Nothing is in suspense" in (await site.get("/suspense")).text
    rows = (await site.get("/unclaimed.csv")).text.splitlines()
    assert len(rows) == 2 and "'=K. Weber" in rows[1] and "Unclaimed" in rows[1] and "75.00" in rows[1]
    assert (await site.post(f"/suspense/{piece}/claimed")).status_code == 303
    assert str(piece) in (await site.get("/suspense")).text
    assert (await (await visit(cast.negotiator)).get("/unclaimed")).status_code == 403

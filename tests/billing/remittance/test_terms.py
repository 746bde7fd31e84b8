"""A change of how a client is paid takes effect with its next cycle and re-opens none."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg
import httpx
import pytest

from portal import clock
from portal.settings import Settings
from tests.billing.exchange.exchanging import collected, drafted, executed, in_journal, pays_in, topped_up
from tests.billing.money import agreed, pay, wrong
from tests.billing.remitting import approved, paid, prepared, statement, terms
from tests.cases.casework import placed_case
from tests.editing import edit, fields
from tests.people import Cast, Visit

STANDING = "select effective_from, remittance_method from remittance_terms where client_id = $1 and withdrawn_at is null order by 1"


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


async def text(browser: httpx.AsyncClient, path: str) -> str:
    """A page, with plain blanks in its dates."""
    return (await browser.get(path)).text.replace("\xa0", " ")


SIXTH = noon(date(2026, 11, 6))


@pytest.fixture
async def case_id(cast: Cast, owner: asyncpg.Connection) -> UUID:
    """A case of Brandt, which is paid net each month, with money of October."""
    await agreed(cast, cast.brandt)
    await terms(owner, cast.brandt, prefix="BS")
    made = await placed_case(
        cast.nordkai, cast.brandt, currency="GBP", amount_minor=900_000, placed_at=noon(date(2026, 9, 1))
    )
    await pay(cast.finance, made, 10_000, on=date(2026, 10, 20), at=SIXTH)
    return made


async def month(cast: Cast, settings: Settings, through: date) -> UUID:
    """A month's run, made on the third of the next."""
    at = noon(date(through.year + through.month // 12, through.month % 12 + 1, 3))
    run_id = await prepared(cast.finance, through=through, at=at)
    await approved(cast.second_finance, run_id, settings, at=at)
    await paid(cast.finance, run_id, on=at.date(), at=at)
    return run_id


async def test_what_is_agreed_in_november_holds_from_december_on_and_alters_no_month_before(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit, case_id: UUID
) -> None:
    place = f"/clients/{cast.brandt.id}/edit"
    with clock.at(SIXTH):
        october = await prepared(cast.finance, through=date(2026, 10, 31), at=SIXTH)
        browser = await visit(cast.owner)
        assert "with its next cycle, on 1 Dec 2026" in await text(browser, place)
        assert (await edit(browser, place, remittance_method="gross", remittance_cycle="weekly")).status_code == 303
        for reader, where in ((browser, f"/clients/{cast.brandt.id}"), (await visit(cast.brandt_admin), "/agreement")):
            page = await text(reader, where)
            assert "until 30 Nov 2026" in page and "from 1 Dec 2026" in page
            assert page.index("Net: all fees are kept back") < page.index("Gross: fees are invoiced")
        assert fields((await browser.get(place)).text)["remittance_method"] == "gross", "what was agreed last is edited"
        event = await owner.fetchrow("select * from audit_events where subject_id = $1", cast.brandt.id)
        assert event is not None and '"2026-12-01"' in event["facts"]
    # October's run was prepared before the change, and is not stale by it.
    await approved(cast.second_finance, october, settings, at=SIXTH)
    await paid(cast.finance, october, on=SIXTH.date(), at=SIXTH)
    await pay(cast.finance, case_id, 20_000, on=date(2026, 11, 28), at=noon(date(2026, 12, 1)))
    await pay(cast.finance, case_id, 40_000, on=date(2026, 12, 1), at=noon(date(2026, 12, 1)))
    # Three days late, a run takes November's money and the first of December's: it begins in November.
    november = await prepared(cast.finance, through=date(2026, 12, 3), at=noon(date(2026, 12, 3)))
    await approved(cast.second_finance, november, settings, at=noon(date(2026, 12, 3)))
    await paid(cast.finance, november, on=date(2026, 12, 3), at=noon(date(2026, 12, 3)))
    await pay(cast.finance, case_id, 80_000, on=date(2026, 12, 20), at=noon(date(2026, 12, 20)))
    december = await month(cast, settings, date(2026, 12, 31))
    made = [await statement(owner, run_id) for run_id in (october, november, december)]
    assert [(row["method"], row["net_minor"], row["invoiced_fees_minor"]) for row in made] == [
        ("net", 7_500, 0), ("net", 45_000, 0), ("gross", 80_000, 20_000),
    ]  # fmt: skip
    assert await wrong(cast.nordkai.id) == []


async def test_a_change_that_waits_is_changed_again_and_withdrawn(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, case_id: UUID
) -> None:
    place = f"/clients/{cast.brandt.id}/edit"
    with clock.at(SIXTH):
        browser = await visit(cast.owner)
        for method in ("gross", "combined"):
            assert (await edit(browser, place, remittance_method=method)).status_code == 303
        assert [tuple(row) for row in await owner.fetch(STANDING, cast.brandt.id)] == [
            (date.min, "net"), (date(2026, 12, 1), "combined"),
        ]  # fmt: skip
        assert (await browser.get(f"{place}/withdrawal")).status_code == 405
        assert (await browser.post(f"{place}/withdrawal")).status_code == 303
        assert "from 1 Dec 2026" not in await text(browser, f"/clients/{cast.brandt.id}")
        # Set to what holds by hand, a change is withdrawn as well; withdrawn twice, nothing happens.
        await edit(browser, place, remittance_method="gross")
        await edit(browser, place, remittance_method="net")
        assert (await browser.post(f"{place}/withdrawal")).status_code == 303
    assert [tuple(row) for row in await owner.fetch(STANDING, cast.brandt.id)] == [(date.min, "net")]
    assert await owner.fetchval("select count(*) from audit_events where subject_id = $1", cast.brandt.id) == 5
    # Once it holds, only another change ends it, which waits for its turn.
    with clock.at(SIXTH):
        await edit(browser, place, remittance_method="gross")
    with clock.at(noon(date(2026, 12, 1))):
        browser = await visit(cast.owner)
        assert (await browser.post(f"{place}/withdrawal")).status_code == 303
        await edit(browser, place, remittance_method="net")
    assert [row["effective_from"] for row in await owner.fetch(STANDING, cast.brandt.id)] == [
        date.min, date(2026, 12, 1), date(2027, 1, 1),
    ]  # fmt: skip


async def test_before_its_first_money_a_client_is_paid_as_its_terms_say_from_the_start(
    cast: Cast, owner: asyncpg.Connection, visit: Visit
) -> None:
    browser = await visit(cast.owner)
    place = f"/clients/{cast.lanting.id}/edit"
    assert "may still be set from the start" in (await browser.get(place)).text
    assert (await edit(browser, place, remittance_method="gross")).status_code == 303
    assert [tuple(row) for row in await owner.fetch(STANDING, cast.lanting.id)] == [(date.min, "gross")]


@pytest.mark.parametrize(
    ("loss", "booked", "payout"),
    [
        ("client", ["T-GBP Cr1900 60040", "T-GBP Dr2010 114"], 59_926),
        ("agency", ["T-GBP Dr1090 114", "T-GBP Cr1900 60040", "O-GBP Dr5030 114", "O-GBP Cr2190 114"], 60_040),
    ],
)
async def test_a_worse_rate_is_the_loss_of_whoever_bore_it_when_the_run_was_approved(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit, loss: str, booked: list[str], payout: int
) -> None:
    await pays_in(owner, cast.brandt, loss=loss)
    await collected(cast, owner, cast.brandt, 100_000)
    run_id = await drafted(cast)
    await owner.execute("update remittance_runs set status = 'reviewed', reviewed_at = now() where id = $1", run_id)
    await approved(cast.second_finance, run_id, settings)
    # Whatever is agreed between approval and exchange, the statement goes by its own terms.
    await pays_in(owner, cast.brandt, loss={"client": "agency", "agency": "client"}[loss])
    exchange_id = await executed(cast.finance, run_id, 76_000, 59_926, "0.7885")
    assert await in_journal(owner, "exchange", str(exchange_id)) == [
        "T-USD Dr1900 76000", "T-USD Cr1000 76000", "T-GBP Dr1000 59926", *booked,
    ]  # fmt: skip
    assert await wrong(cast.nordkai.id) == []
    if loss == "agency":
        await topped_up(cast.finance, 114)
    await paid(cast.finance, run_id)
    told = await statement(owner, run_id)
    assert await in_journal(owner, "remittance", f"{told['id']}:paid") == [
        f"T-GBP Dr2010 {payout}", f"T-GBP Cr1000 {payout}",
    ]  # fmt: skip
    page = (await (await visit(cast.brandt_admin)).get(f"/statements/{told['id']}")).text
    said = "The worse rate costs you" if loss == "client" else "The agency bears the difference."
    assert said in page
    assert await wrong(cast.nordkai.id) == []

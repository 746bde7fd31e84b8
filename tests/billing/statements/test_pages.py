"""A statement as the client reads it: the page, its fees, the list."""

import re
from uuid import UUID

import asyncpg
import pytest

from portal import clock
from portal.settings import Settings
from tests.billing.money import NOON, TODAY, agreed, pay
from tests.billing.remitting import remitted, statement, terms
from tests.cases.casework import placed_case
from tests.people import Cast, Visit


@pytest.fixture
async def closed(cast: Cast, owner: asyncpg.Connection, settings: Settings) -> UUID:
    """A closed statement over three payments, one of which went back, and one that the client received."""
    from billing.payments.returns import reverse
    from portal.tenancy.database import transaction

    await terms(owner, cast.brandt, vat="0.2", prefix="BS")
    await agreed(cast, cast.brandt)
    case_id = await placed_case(
        cast.nordkai, cast.brandt, amount_minor=500_000, currency="GBP", debtor="=Orsini S.r.l."
    )
    first = await pay(cast.finance, case_id, 33_333)
    await pay(cast.finance, case_id, 240_000)
    await pay(cast.finance, case_id, 20_000, channel="direct")
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            await reverse(cast.finance.actor, first.id, "returned_by_bank", TODAY)
    return UUID(str((await statement(owner, await remitted(cast, settings)))["id"]))


def seen(html: str) -> str:
    """The words of a page, blanks made alike."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html).replace("\xa0", " "))


async def test_the_page_shows_every_line_and_how_it_comes_to_what_is_paid(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, closed: UUID
) -> None:
    with clock.at(NOON):
        client = await visit(cast.brandt_viewer)
        page = await client.get(f"/statements/{closed}")
    text = seen(page.text)
    assert page.status_code == 200
    assert "Statement November 2026 Paid 23 Nov" in text
    assert "closed 23 Nov by Finance, approved by Second Finance" in text
    # 2,600.00 − 200.00 − 650.00 − 130.00 + 0.00 = 1,620.00
    assert (
        "Recovered 2,600.00 3 payments, 1 went back − Paid to you directly 200.00 1 payment − Fees 650.00 − VAT 20 % 130.00"
        in text.replace("\u2212", "−")
    )
    assert "Paid to you GBP 1,620.00" in text
    for figures in (
        "us, bank 333.33 25 % 83.33 250.00", "us, bank 2,400.00 25 % 600.00 1,800.00", "you 200.00 25 % 50.00 −50.00",
        "went back −333.33 25 % −83.33 −250.00", "Total November 2026 2,600.00 650.00 1,750.00",
        "less VAT 130.00 = 1,620.00 paid",
    ):  # fmt: skip
        assert figures in text.replace("\u2212", "−"), figures
    assert text.count("agreed rate") == 3


async def test_a_fee_opens_its_sentence_with_and_without_scripts(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, closed: UUID
) -> None:
    line = await owner.fetchval(
        "select id from statement_lines where statement_id = $1 and gross_minor = 33333", closed
    )
    with clock.at(NOON):
        client = await visit(cast.brandt_viewer)
        plain = await client.get(f"/statements/{closed}?open={line}")
        block = await client.get(f"/statements/{closed}?open={line}", headers={"HX-Request": "true"})
    for answer in (plain, block):
        assert "333.33 × 25 % = 83.3325, rounded to 83.33" in seen(answer.text)
        assert f'href="/statements/{closed}#{line}"' in answer.text
    assert "<html" in plain.text
    assert "<html" not in block.text


async def test_a_long_statement_is_read_page_by_page(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from billing.statements import register

    monkeypatch.setattr(register.lines_of, "__defaults__", (0, 2))
    await terms(owner, cast.brandt)
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    for amount in (1_001, 1_002, 1_003):
        await pay(cast.finance, case_id, amount)
    made = (await statement(owner, await remitted(cast, settings)))["id"]
    with clock.at(NOON):
        client = await visit(cast.brandt_viewer)
        first = seen((await client.get(f"/statements/{made}")).text)
        second = seen((await client.get(f"/statements/{made}?after=2")).text)
    assert ("10.02" in first, "10.03" in first, "Total" in first) == (True, False, False)
    assert ("10.02" in second, "10.03" in second, "Total November 2026 30.06" in second) == (False, True, True)


async def test_each_client_sees_its_own_statements_and_staff_all(
    cast: Cast, visit: Visit, closed: UUID, owner: asyncpg.Connection
) -> None:
    number = await owner.fetchval("select number from statements where id = $1", closed)
    with clock.at(NOON):
        for person, sees in (
            (cast.brandt_viewer, True), (cast.brandt_admin, True), (cast.lanting_admin, False), (cast.auditor, True),
            (cast.manager, True), (cast.huadong_finance, False), (cast.mingda_submitter, False),
        ):  # fmt: skip
            client = await visit(person)
            listed = await client.get("/statements")
            assert (listed.status_code, number in listed.text) == (200, sees)
            for ending in ("", "/csv", "/xlsx", "/pdf"):
                answer = await client.get(f"/statements/{closed}{ending}")
                assert answer.status_code == (200 if sees else 404)
        staff = await visit(cast.finance)
        assert number in (await staff.get(f"/statements?client={cast.brandt.id}")).text
        other = (await staff.get(f"/statements?client={cast.lanting.id}")).text
        assert number not in other
        negotiator = await visit(cast.negotiator)
        assert (await negotiator.get("/statements")).status_code == 403


async def test_the_same_month_in_another_currency_is_one_click_away(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, settings: Settings, closed: UUID
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="USD")
    await pay(cast.finance, case_id, 10_000)
    other = (await statement(owner, await remitted(cast, settings, "USD")))["id"]
    with clock.at(NOON):
        client = await visit(cast.brandt_viewer)
        assert f'href="/statements/{other}"' in (await client.get(f"/statements/{closed}")).text
        assert "BS-2026-11-2" in (await client.get(f"/statements/{other}")).text

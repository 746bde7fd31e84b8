"""A minimum fee per case is taken no further than the money received; the rest is charged when the case closes, once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from billing.fees.agreements import agree
from billing.fees.terms import Conditions, Limits, Rule, Tier
from billing.payments.at_close import charge_rest
from billing.payments.prove import prove_minimums
from billing.payments.register import Payment, load_payment
from cases.casework import load_case
from cases.pauses import close
from cases.recall.answer import give_back
from portal import clock
from portal.pages.text import speaking
from portal.people.actor import system
from portal.settings import Settings
from portal.tenancy.database import as_job, transaction
from tests.billing.money import NOON, TODAY, booked, look, pay, wrong
from tests.billing.payments.test_taking_back import take_back
from tests.billing.remitting import remitted, statement, terms
from tests.cases.casework import placed_case
from tests.cases.recalling import ask
from tests.people import Cast, Client, Visit
from tests.spreadsheets import read_csv

LATER = NOON + timedelta(days=20)


async def claim(cast: Cast, client: Client, minor: int = 100_000) -> UUID:
    """A claim whose client pays 25 %, at least 50.00 a case."""
    rate = (Tier(None, Decimal("0.25")),)
    least = Rule(tiers=rate, conditions=Conditions(currency="GBP"), minimum_minor=5_000, limits=Limits.CASE)
    async with transaction(cast.owner.actor.scope):
        await agree(cast.owner.actor, client.id, [least, Rule(tiers=rate)], date(2026, 3, 1))
    return await placed_case(cast.nordkai, client, amount_minor=minor, currency="GBP")


async def closed(cast: Cast, case_id: UUID, code: str = "uneconomical") -> None:
    with clock.at(NOON):
        async with transaction(cast.negotiator.actor.scope):
            await close(cast.negotiator.actor, case_id, code)


async def charges(cast: Cast, owner: asyncpg.Connection, case_id: UUID) -> list[Payment]:
    """What was charged at closes of a case and what of it went back, in order."""
    rows = await owner.fetch("select id from payments where case_id = $1 and channel = 'at_close' order by id", case_id)
    async with transaction(cast.finance.actor.scope, read_only=True):
        return [await load_payment(cast.finance.actor, row["id"]) for row in rows]


async def faults(cast: Cast) -> list[str]:
    found = await wrong(cast.nordkai.id)
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        return [*found, *(await prove_minimums(cast.nordkai.id))[1]]


async def test_what_is_missing_of_the_minimum_is_charged_at_the_close_and_settled_like_any_fee(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    await terms(owner, cast.brandt, vat="0.2")
    case_id = await claim(cast, cast.brandt)
    paid = await pay(cast.finance, case_id, 3_200)
    assert paid.fee_minor == 3_200, "no more than the money received"
    await closed(cast, case_id)
    [rest] = await charges(cast, owner, case_id)
    assert (rest.amount_minor, rest.fee_minor, rest.received_on) == (0, 1_800, TODAY)
    assert await booked(owner, rest) == ["O Dr1210 1800", "O Cr4000 1800"]
    with speaking("en", "UTC"):
        assert rest.explanation.sentence.replace("\u00a0", " ") == (
            "At least 50.00 a case: 50.00 − 32.00 taken so far = 18.00 at close"
            " (rule 1 of agreement v1, from 1 Mar 2026)."
        )
        assert rest.explanation.total[1] == "−18.00"
    with speaking("zh-Hans", "UTC"):
        assert "18.00" in rest.explanation.sentence and "taken" not in rest.explanation.sentence
    site = await visit(cast.finance)
    page = (await site.get(f"/payments/{rest.id}")).text
    assert "Minimum fee at close" in page and "/reversal" not in page
    form = {"reason": "not_received", "received_on": TODAY.isoformat()}
    refused = await site.post(f"/payments/{rest.id}/reversal", data=form)
    assert refused.status_code == 422 and "goes back by itself" in refused.text

    told = await statement(owner, await remitted(cast, settings))
    assert (told["collected_minor"], told["fees_minor"], told["vat_minor"]) == (3_200, 5_000, 1_000)
    assert (told["net_minor"], told["carried_out_minor"]) == (0, -2_800)
    client = await visit(cast.brandt_viewer)
    page = (await client.get(f"/statements/{told['id']}")).text
    assert "1 payment<" in page.replace("\u00a0", " ") and "none, at close" in page
    rows = read_csv((await client.get(f"/statements/{told['id']}/csv")).content)
    assert [row["What it is"] for row in rows[:2]] == ["Payment", "Minimum fee at close"] and rows[1]["Fee"] == "18.00"
    assert (await client.get(f"/statements/{told['id']}/pdf")).status_code == 200
    assert "the rest of the minimum" in (await client.get(f"/cases/{case_id}")).text
    assert await faults(cast) == []

    # The payment goes back after that, and nothing is left that bore the minimum.
    await take_back(cast.finance, paid.id, on=LATER.date(), days=20)
    _, back = await charges(cast, owner, case_id)
    assert (back.fee_minor, back.reverses) == (-1_800, rest.id)
    owed = await owner.fetchval("select sum(owed_minor) from clawbacks where case_id = $1", case_id)
    assert owed == 3_200 - 6_000, "what was paid out, less both fees and their VAT"
    assert await faults(cast) == []
    await owner.execute("update payments set fee_minor = 1801 where id = $1", rest.id)
    assert any("is not what was missing" in fault for fault in await faults(cast))


@pytest.mark.parametrize(("method", "channel"), [("gross", "bank"), ("combined", "direct")])
async def test_it_is_invoiced_where_the_fee_of_its_payment_is(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, method: str, channel: str
) -> None:
    await terms(owner, cast.brandt, vat="0.2", method=method)
    case_id = await claim(cast, cast.brandt)
    await pay(cast.finance, case_id, 3_200, channel=channel)
    with clock.at(NOON):
        await ask(cast.brandt_admin, case_id)
        async with transaction(cast.manager.actor.scope):
            await give_back(cast.manager.actor, case_id)
    assert (await look(cast.manager.actor, case_id)).close_code == "withdrawn"
    told = await statement(owner, await remitted(cast, settings))
    invoice = await owner.fetchrow("select * from client_invoices where statement_id = $1", told["id"])
    assert invoice is not None and (invoice["net_minor"], invoice["vat_minor"]) == (5_000, 1_000)
    assert told["net_minor"] == (3_200 if channel == "bank" else 0)
    assert await faults(cast) == []


async def test_nothing_is_charged_where_nothing_came_and_never_more_than_is_missing(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    empty = await claim(cast, cast.brandt)
    await closed(cast, empty)
    assert await charges(cast, owner, empty) == []
    late = await pay(cast.finance, empty, 1_000)
    assert [each.fee_minor for each in await charges(cast, owner, empty)] == [4_000], "the case is closed already"
    async with transaction(cast.manager.actor.scope):
        await charge_rest(cast.manager.actor, [await load_case(cast.manager.actor, empty, lock=True)])
    await take_back(cast.finance, late.id, on=TODAY)
    assert [each.fee_minor for each in await charges(cast, owner, empty)] == [4_000, -4_000]

    large = await placed_case(cast.nordkai, cast.brandt, amount_minor=100_000, currency="GBP")
    await pay(cast.finance, large, 2_000)
    await pay(cast.finance, large, 98_000, reference="R 2")
    assert await charges(cast, owner, large) == [], "its fees are over the minimum"

    # A case that opens again keeps what was charged: it counts as taken.
    small = await placed_case(cast.nordkai, cast.brandt, amount_minor=4_000, currency="GBP")
    await pay(cast.finance, small, 1_000)
    second = await pay(cast.finance, small, 3_000, reference="R 2")
    assert [each.fee_minor for each in await charges(cast, owner, small)] == [1_000]
    await take_back(cast.finance, second.id, on=TODAY)
    assert (await look(cast.finance.actor, small)).is_open
    assert (await pay(cast.finance, small, 3_000, reference="R 3")).fee_minor == 3_000
    assert [each.fee_minor for each in await charges(cast, owner, small)] == [1_000]
    assert await faults(cast) == []


async def test_a_closed_case_below_its_minimum_is_found(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id = await claim(cast, cast.brandt)
    await pay(cast.finance, case_id, 3_200)
    await owner.execute(
        "update cases set status = 'closed', close_code = 'uneconomical', closed_at = $2 where id = $1", case_id, NOON
    )
    async with transaction(system(cast.nordkai.id).scope, read_only=True):
        assert await prove_minimums(cast.nordkai.id) == (0, [f"case {case_id} closed below its minimum fee"])

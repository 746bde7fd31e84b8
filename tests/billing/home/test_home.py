"""The client's home as a page: its figures tie to the payments, and nobody sees another's."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest

from billing.home.news import happened, moved, waiting
from billing.home.recovery import figures
from billing.home.sums import placed, promised, received
from cases.pauses import close
from cases.recall.answer import give_back
from portal import clock
from portal.people.actor import Actor
from portal.tenancy.database import Scope, sql, transaction
from tests.billing.money import NOON, agreed, pay
from tests.billing.money import promised as promise
from tests.cases.casework import MONDAY, placed_case
from tests.cases.recalling import ask, claim
from tests.people import Cast, Visit

TODAY = MONDAY.date()


async def test_the_figures_tie_to_the_payments(cast: Cast, owner: asyncpg.Connection) -> None:
    await agreed(cast, cast.brandt)
    await agreed(cast, cast.lanting)
    first = await placed_case(cast.nordkai, cast.brandt, amount_minor=100_000)
    second = await placed_case(cast.nordkai, cast.brandt, amount_minor=50_000, placed_at=MONDAY - timedelta(days=60))
    sibling = await placed_case(cast.nordkai, cast.lanting, amount_minor=70_000)
    await pay(cast.finance, first, 30_000)
    await pay(cast.finance, second, 20_000, on=TODAY - timedelta(days=40))
    await pay(cast.finance, sibling, 70_000)
    await promise(second, cast.negotiator, 10_000, TODAY + timedelta(days=7))
    actor = cast.brandt_viewer.actor
    async with transaction(actor.scope, read_only=True):
        shown = figures(await placed(actor), await received(actor, TODAY), await promised(actor))
    row = await owner.fetchrow(
        "select sum(amount_minor)::bigint as amount, sum(fee_minor)::bigint as fees from payments"
        " where agency_id = $1 and client_id = $2",
        cast.nordkai.id,
        cast.brandt.id,
    )
    assert row is not None
    assert (shown.recovered_minor, shown.fees_minor) == (row["amount"], row["fees"]) == (50_000, 12_500)
    assert (shown.cases, shown.placed_minor, shown.open_minor) == (2, 150_000, 100_000)
    assert (shown.week_minor, shown.promised_minor, shown.promises) == (30_000, 10_000, 1)
    assert shown.fee_rate == Decimal("0.25")


async def test_what_never_counted_as_placed_does_not_count_as_corrected(cast: Cast, owner: asyncpg.Connection) -> None:
    kept, declined = await placed_case(cast.nordkai, cast.brandt), await placed_case(cast.nordkai, cast.brandt)
    await claim(cast.brandt_submitter, kept, 90_000)
    await claim(cast.brandt_submitter, declined, 60_000)
    await owner.execute(
        "update cases set status = 'closed', close_code = 'declined', closed_at = now() where id = $1", declined
    )
    actor = cast.brandt_viewer.actor
    async with transaction(actor.scope, read_only=True):
        shown = figures(await placed(actor), [], [])
    assert (shown.cases, shown.placed_minor, shown.corrected_minor, shown.open_minor) == (1, 100_000, -10_000, 90_000)


async def test_what_went_back_counts_as_recalled_whoever_said_so(cast: Cast) -> None:
    asked, said, kept, _ = [await placed_case(cast.nordkai, cast.brandt) for _ in range(4)]
    await agreed(cast, cast.brandt)
    await pay(cast.finance, said, 30_000)
    await ask(cast.brandt_submitter, asked)
    with clock.at(NOON):
        async with transaction(cast.manager.actor.scope):
            await give_back(cast.manager.actor, asked)
            await close(cast.manager.actor, said, "withdrawn")
            await close(cast.manager.actor, kept, "debtor_insolvent")
    actor = cast.brandt_viewer.actor
    async with transaction(actor.scope, read_only=True):
        shown = figures(await placed(actor), [], [])
    assert (shown.cases, shown.placed_minor, shown.recalled_minor, shown.open_cases) == (4, 400_000, 170_000, 1)


async def test_the_page_shows_one_currency_at_a_time_and_never_a_mixed_sum_without_rates(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    await owner.execute("delete from exchange_rates where currency in ('USD', 'GBP')")
    with clock.at(MONDAY):
        await placed_case(cast.nordkai, cast.brandt, amount_minor=100_000)
        await placed_case(cast.nordkai, cast.brandt, amount_minor=200_000, currency="GBP")
        client = await visit(cast.brandt_viewer)
        page = (await client.get("/home")).text
        assert "1,000.00" in page
        assert "3,000.00" not in page
        assert "All in" not in page
        assert "2,000.00" in (await client.get("/home?currency=GBP")).text
        await owner.execute(
            "insert into exchange_rates (id, currency, \"on\", per_euro, source)"
            " values (uuidv7(), 'GBP', $1, 0.8, 'ECB')", TODAY,
        )  # fmt: skip
        together = (await client.get("/home")).text
        assert "3,500.00" in together
        assert "GBP 0.8000" in together
        assert "ECB" in together
        assert (await client.get("/home?currency=XXX%00&heat=x")).status_code == 200
    await owner.execute("delete from exchange_rates where currency = 'GBP'")


async def news(actor: Actor) -> tuple[list[str], list[str], list[str]]:
    async with transaction(actor.scope, read_only=True):
        items, _ = await waiting(actor)
        events, cases = await happened(actor, TODAY), await moved(actor, TODAY)
    return (
        [str(item.title) for item in items],
        [str(event.head) for event in events],
        [row["debtor_name"] for row in cases],
    )


async def test_what_waits_happens_and_moves_is_the_clients_own(cast: Cast, owner: asyncpg.Connection) -> None:
    with clock.at(MONDAY):
        ours = await placed_case(cast.nordkai, cast.brandt, debtor="Ours KG")
        theirs = await placed_case(cast.nordkai, cast.lanting, debtor="Theirs AG")
        for case_id in (ours, theirs):
            await promise(case_id, cast.negotiator, 5_000, TODAY + timedelta(days=3))
            await owner.execute("update cases set next_action = 'get_documents' where id = $1", case_id)
        await owner.execute(
            "insert into placements (agency_id, client_id, file_name, status, received_at, checked_at)"
            " values ($1, $2, 'october.csv', 'checking', $3, $3), ($1, $4, 'secret.csv', 'checking', $3, $3)",
            cast.nordkai.id, cast.brandt.id, MONDAY, cast.lanting.id,
        )  # fmt: skip
        titles, heads, names = await news(cast.brandt_viewer.actor)
    assert titles == ["Placement: october.csv", "Ours KG"]
    assert heads == ["Promise of EUR\xa050.00"]
    assert names == ["Ours KG"]


async def test_the_home_of_a_client_without_cases_says_what_to_do(cast: Cast, visit: Visit) -> None:
    page = await (await visit(cast.brandt_submitter)).get("/home")
    assert page.status_code == 200
    assert "Nothing placed yet" in page.text
    assert "/placements/new" in page.text
    reader = await (await visit(cast.brandt_viewer)).get("/home")
    assert "/placements/new" not in reader.text


async def test_staff_have_no_such_home(cast: Cast, visit: Visit) -> None:
    for person in (cast.owner, cast.negotiator, cast.auditor):
        assert (await (await visit(person)).get("/home")).status_code == 403


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("owner", "/queue"), ("manager", "/queue"), ("negotiator", "/queue"), ("finance", "/payments"),
        ("auditor", "/cases"), ("brandt_admin", "/home"), ("brandt_submitter", "/home"), ("brandt_viewer", "/home"),
    ],
)  # fmt: skip
async def test_everybodys_day_begins_where_their_work_is(cast: Cast, visit: Visit, name: str, place: str) -> None:
    answer = await (await visit(getattr(cast, name))).get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, place)


async def test_the_signed_out_begin_at_the_sign_in(cast: Cast, visit: Visit) -> None:
    assert (await (await visit()).get("/")).headers["location"] == "/login"


@pytest.mark.parametrize("kind", ["", "staff", "job", "debtor", "client"])
async def test_the_sums_are_for_a_client_that_is_named_and_for_nobody_else(cast: Cast, kind: str) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    async with transaction(Scope(kind=kind, agency_id=cast.nordkai.id, case_id=case_id)):
        assert await sql("select * from recovery_placed()") == []
        assert await sql("select * from recovery_received('2026-01-01')") == []
        assert await sql("select * from recovery_promised()") == []
    async with transaction(Scope(kind="client", agency_id=cast.huadong.id, client_id=cast.brandt.id)):
        assert await sql("select * from recovery_placed()") == []

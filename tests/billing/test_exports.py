"""Every list is taken home as CSV and XLSX: what its page shows, and nobody else's rows."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import httpx
import pytest

from portal import clock
from portal.pages.text import speaking, translate
from portal.settings import Settings
from tests.billing.money import NOON, agreed, pay
from tests.billing.remitting import remitted, terms
from tests.cases.casework import placed_case
from tests.people import Cast, Visit
from tests.spreadsheets import read_csv, read_xlsx

LISTS = ("/cases", "/queue", "/payments", "/placements", "/statements")
OURS, THEIRS = "宁波海川五金制品有限公司", "=Theirs AG"


async def texts(visitor: httpx.AsyncClient, address: str) -> list[str]:
    """All that the two files of a list say, one text for each."""
    path, _, query = address.partition("?")
    found = []
    for ending in (".csv", ".xlsx") if path.count("/") == 1 else ("/csv", "/xlsx"):
        answer = await visitor.get(f"{path}{ending}?{query}")
        assert answer.status_code == 200, f"{path}{ending}: {answer.text}"
        assert "attachment" in answer.headers["content-disposition"]
        assert answer.headers["cache-control"] == "no-store"
        if ending.endswith("csv"):
            found.append("\n".join("|".join(row.values()) for row in read_csv(answer.content)))
        else:
            rows = read_xlsx(answer.content)
            found.append("\n".join("|".join(cell.text for cell in row.values()) for row in rows))
    return found


async def business(cast: Cast, owner: asyncpg.Connection, settings: Settings) -> UUID:
    """Two clients of one agency with a case, a placement, a payment and a statement each; the run that paid them."""
    for client, debtor in ((cast.brandt, OURS), (cast.lanting, THEIRS)):
        await terms(owner, client)
        await agreed(cast, client)
        await pay(cast.finance, await placed_case(cast.nordkai, client, currency="GBP", debtor=debtor), 10_000)
        await owner.execute(
            "insert into placements (agency_id, client_id, file_name, status, received_at) values ($1, $2, $3, 'checking', $4)",
            *(cast.nordkai.id, client.id, f"{debtor}.csv", datetime(2026, 11, 20, tzinfo=UTC)),
        )
    return await remitted(cast, settings)


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_without_rows_is_a_file_of_headings(cast: Cast, visit: Visit, path: str) -> None:
    with clock.at(NOON):
        assert await texts(await visit(cast.owner), path) == ["", ""]


async def test_the_agency_takes_home_what_its_pages_show(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, settings: Settings
) -> None:
    run_id = await business(cast, owner, settings)
    with clock.at(NOON):
        staff = await visit(cast.owner)
        for path in ("/cases", "/queue", "/payments", "/placements"):
            for told in await texts(staff, path):
                assert OURS in told and THEIRS in told, path
        for told in await texts(staff, "/statements"):
            assert "Brandt & Söhne" in told and "Suzhou Lanting Bearings" in told
        for told in await texts(staff, f"/remittances/{run_id}"):
            assert OURS in told and THEIRS in told and "Brandt & Söhne" in told


async def test_a_file_is_narrowed_as_its_page_is(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, settings: Settings
) -> None:
    await business(cast, owner, settings)
    with clock.at(NOON):
        staff = await visit(cast.owner)
        for path in ("/cases", "/queue", "/payments"):
            for told in await texts(staff, f"{path}?client={cast.brandt.id}"):
                assert OURS in told and THEIRS not in told, path
            page = (await staff.get(f"{path}?client={cast.brandt.id}")).text
            assert f"{path}.xlsx?client={cast.brandt.id}" in page, path
        assert await texts(staff, "/queue?country=FR") == ["", ""]
        for told in await texts(staff, f"/statements?client={cast.brandt.id}"):
            assert "Brandt & Söhne" in told and "Lanting" not in told


async def test_a_client_takes_home_its_own_rows_alone(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, settings: Settings
) -> None:
    run_id = await business(cast, owner, settings)
    ours = await owner.fetchval(
        "select id from statements where run_id = $1 and client_id = $2", run_id, cast.brandt.id
    )
    with clock.at(NOON):
        client = await visit(cast.brandt_viewer)
        for path in ("/cases", "/placements", f"/statements/{ours}"):
            for told in await texts(client, f"{path}?client={cast.lanting.id}"):
                assert OURS in told and THEIRS not in told, path
        for told in await texts(client, f"/statements?client={cast.lanting.id}"):
            assert "Brandt & Söhne" in told and "Lanting" not in told
        for path in ("/queue.xlsx", "/payments.csv", f"/remittances/{run_id}/xlsx"):
            assert (await client.get(path)).status_code == 403, path


async def test_another_agency_takes_home_nothing_of_ours(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, settings: Settings
) -> None:
    run_id = await business(cast, owner, settings)
    ours = await owner.fetchval("select id from statements where run_id = $1 limit 1", run_id)
    with clock.at(NOON):
        stranger = await visit(cast.huadong_owner)
        for path in LISTS:
            assert await texts(stranger, path) == ["", ""], path
        for path in (f"/statements/{ours}/xlsx", f"/remittances/{run_id}/csv"):
            assert (await stranger.get(path)).status_code == 404


async def test_headings_and_words_are_the_readers(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, settings: Settings
) -> None:
    await business(cast, owner, settings)
    await owner.execute("update users set language = 'zh-Hans' where id = $1", cast.owner.user_id)
    with clock.at(NOON):
        staff = await visit(cast.owner)
        (row, _) = read_csv((await staff.get("/cases.csv?sort=number")).content)
        (same, _) = read_xlsx((await staff.get("/cases.xlsx?sort=number")).content)
    with speaking("zh-Hans"):
        debtor, balance = translate("Debtor"), translate("Balance")
    assert row[debtor] == same[debtor].text == OURS
    assert (row[balance], same[balance].text) == ("900.00", "900")


async def test_a_file_is_ordered_as_its_page_is(cast: Cast, visit: Visit) -> None:
    with clock.at(NOON):
        for amount in (300, 900, 600):
            await placed_case(cast.nordkai, cast.brandt, amount_minor=amount)
        rows = read_csv((await (await visit(cast.brandt_viewer)).get("/cases.csv?sort=amount")).content)
    assert [row["Placed"] for row in rows] == ["9.00", "6.00", "3.00"]


async def test_a_long_list_is_read_page_by_page(cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    from cases.lists import export
    from cases.queues import export as of_queue

    monkeypatch.setattr(export, "PAGE", 2)
    monkeypatch.setattr(of_queue, "PAGE", 2)
    with clock.at(NOON):
        made = {str(await placed_case(cast.nordkai, cast.brandt))[-8:] for _ in range(5)}
        staff = await visit(cast.owner)
        for path in ("/cases.csv", "/queue.csv"):
            rows = read_csv((await staff.get(path)).content)
            assert len(rows) == len({row["Case number"] for row in rows}) == len(made), path


async def test_who_took_a_list_home_stays_in_the_trail(cast: Cast, owner: asyncpg.Connection, visit: Visit) -> None:
    with clock.at(NOON):
        staff = await visit(cast.owner)
        for path in LISTS:
            await staff.get(f"{path}.xlsx")
    taken = await owner.fetch("select action from audit_events where agency_id = $1", cast.nordkai.id)
    wanted = {"cases.exported", "queue.exported", "payments.exported", "placements.exported", "statements.exported"}
    assert {row["action"] for row in taken} == wanted

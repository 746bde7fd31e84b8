"""Two real years, from the first placement to the last statement: every late invoice, to the penny."""

import re
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import asyncpg

from billing.payments.receipts import record
from billing.remittance.approve import approve
from billing.remittance.draft import prepare, review
from billing.remittance.pay import pay
from portal import clock
from portal.audit.prove import prove as prove_trail
from portal.audit.seal import seal
from portal.jobs import work_off
from portal.jobs.aside import set_aside
from portal.settings import Settings
from portal.tenancy.database import as_job, transaction
from portal.verify import IDLE
from tests.billing.money import agreed, wrong
from tests.billing.remitting import PROOF, terms
from tests.people import Cast, Visit
from tests.receivables import LateInvoice, by_month, late_invoices, placement_csv

BY_HAND = 3
"""So many payments go through the form; the others straight to what the form calls."""


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), UTC)


async def test_two_years_of_real_receivables_come_out_to_the_penny(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, database: Settings
) -> None:
    client = cast.brandt
    await terms(owner, client, prefix="BS")
    await agreed(cast, client, "0.25", since=date(2011, 1, 1))
    months, settled = by_month(), _by_settlement()
    month, last, cases, entered = min(months), max(settled), dict[str, UUID](), 0
    while month <= last:
        following = (month + timedelta(days=31)).replace(day=1)
        if month in months:
            await _place(cast, visit, month, months[month])
            cases.update(await _cases(owner, client.id))
        for invoice in settled.get(month, []):
            case_id = cases[invoice.number]
            if entered < BY_HAND:
                await _enter(cast, visit, case_id, invoice)
            else:
                await _record(cast, case_id, invoice)
            entered += 1
        if settled.get(month):
            await _remit(cast, database, following)
        month = following

    await _check_statements(cast, visit, owner, len(settled))
    await _check_books(cast, owner)


def _by_settlement() -> dict[date, list[LateInvoice]]:
    """The invoices by the first of the month in which they were paid, in the order of payment."""
    months: dict[date, list[LateInvoice]] = defaultdict(list)
    for invoice in sorted(late_invoices(), key=lambda invoice: (invoice.settled_on, invoice.number)):
        months[invoice.settled_on.replace(day=1)].append(invoice)
    return months


async def _place(cast: Cast, visit: Visit, first: date, invoices: list[LateInvoice]) -> None:
    """The client drops the month's file on the page and hands it over."""
    with clock.at(at(first, 9)):
        page = await visit(cast.brandt_submitter)
        file = (f"{first:%Y-%m}.csv", placement_csv(invoices))
        dropped = await page.post("/placements", files={"file": file}, data={"reference": f"{first:%Y-%m}"})
        await work_off(agency_id=cast.nordkai.id)
        handed = await page.post(dropped.headers["location"] + "/hand-over", data={"only_all": "1"})
        assert handed.status_code == 303
        await work_off(agency_id=cast.nordkai.id)


async def _cases(owner: asyncpg.Connection, client_id: UUID) -> dict[str, UUID]:
    rows = await owner.fetch("select number, case_id from invoices where client_id = $1", client_id)
    return {row["number"]: row["case_id"] for row in rows}


async def _record(cast: Cast, case_id: UUID, invoice: LateInvoice) -> None:
    """The money is on the trust account on the day it was really paid."""
    actor = cast.finance.actor
    with clock.at(at(invoice.settled_on, 12)), set_aside():  # their receipts are no matter here
        async with transaction(actor.scope):
            await record(actor, case_id, int(invoice.amount * 100), invoice.settled_on, "bank", f"IBM {invoice.number}")


async def _enter(cast: Cast, visit: Visit, case_id: UUID, invoice: LateInvoice) -> None:
    """The same through the form: the split is shown, and posted then."""
    with clock.at(at(invoice.settled_on, 12)):
        page = await visit(cast.finance)
        form = (await page.get(f"/payments/new?case={case_id}")).text
        found = re.search(r'name="token" value="([^"]+)"', form)
        assert found is not None
        entry = {
            "case": str(case_id), "token": found[1], "amount": str(invoice.amount), "channel": "bank",
            "received_on": invoice.settled_on.isoformat(), "reference": f"IBM {invoice.number}",
        }  # fmt: skip
        checked = re.search(r'name="shown" value="([^"]+)"', (await page.post("/payments/check", data=entry)).text)
        assert checked is not None
        posted = await page.post("/payments", data={**entry, "shown": checked[1]})
        assert posted.status_code == 303


async def _remit(cast: Cast, settings: Settings, following: date) -> None:
    """On the first of the month what came in the month before is remitted: two people of finance, four eyes."""
    first, second = cast.finance.actor, cast.second_finance.actor
    with clock.at(at(following, 10)):
        async with transaction(first.scope):
            run_id = await prepare(first, "USD", following - timedelta(days=1))
            await review(first, run_id)
        async with transaction(second.scope):
            await approve(second, run_id, PROOF, settings.secret_key)
        async with transaction(first.scope):
            await pay(first, run_id, following, f"SEPA {following:%Y-%m}")


async def _check_statements(cast: Cast, visit: Visit, owner: asyncpg.Connection, months: int) -> None:
    rows = await owner.fetch(
        "select * from statements where agency_id = $1 order by period_to, number", cast.nordkai.id
    )
    assert [row["status"] for row in rows] == ["closed"] * months
    assert [int(row["number"].rpartition("-")[2]) for row in rows] == list(range(1, months + 1))
    collected, fees, vat, paid = (
        sum(row[name] for row in rows) for name in ("collected_minor", "fees_minor", "vat_minor", "net_minor")
    )
    assert (collected, fees, vat, paid) == (57_959_99, 14_491_16, 0, 43_468_83)
    assert collected - fees - vat - paid == 0
    assert sum(row["payments"] for row in rows) == 942
    with clock.at(at(date(2014, 6, 1), 9)):
        page = await visit(cast.brandt_viewer)
        listed = (await page.get("/statements")).text
        assert all(row["number"] in listed for row in rows)


async def _check_books(cast: Cast, owner: asyncpg.Connection) -> None:
    agency_id = cast.nordkai.id
    left = await owner.fetch(
        "select account, sum(amount_minor)::bigint as amount from journal_lines where agency_id = $1 group by account"
        " having sum(amount_minor) <> 0 order by account",
        agency_id,
    )
    # The agency has its fees on its own account; nothing else is left anywhere.
    assert [tuple(row) for row in left] == [(1100, 14_491_16), (4000, -14_491_16)]
    assert await wrong(agency_id) == []
    assert (
        await owner.fetchval("select count(*) from cases where agency_id = $1 and status <> 'closed'", agency_id) == 0
    )
    assert await owner.fetch(IDLE, agency_id) == []
    with clock.at(at(date(2014, 6, 1), 9)):
        await seal(agency_id)
        async with transaction(as_job(agency_id), read_only=True):
            assert (await prove_trail(agency_id)).flaws == ()

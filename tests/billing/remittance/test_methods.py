"""What is kept back of a client's money and what it is invoiced, by its method; and who is due by its cycle."""

import io
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest
from pypdf import PdfReader

from billing.invoices.pay import pay_invoice
from billing.payments.returns import reverse
from billing.remittance.draft import prepare_again
from billing.remittance.shares import shares
from cases.remittance_terms import cycle_end
from portal import clock
from portal.errors import Refused
from portal.money import share
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.money import NOON, TODAY, agreed, pay, wrong
from tests.billing.processing import charge, charged, charged_back, paid_out
from tests.billing.remitting import approved, books, paid, prepared, remitted, statement, terms
from tests.billing.trade import event, journal
from tests.cases.casework import placed_case
from tests.people import Cast, Client, Visit
from tests.spreadsheets import read_csv

LATER = NOON + timedelta(days=20)


async def invoice_of(owner: asyncpg.Connection, statement_id: UUID) -> asyncpg.Record | None:
    """The invoice that came with a statement."""
    return await owner.fetchrow("select * from client_invoices where statement_id = $1", statement_id)


async def claim(cast: Cast, owner: asyncpg.Connection, client: Client, method: str, rate: str = "0.25") -> UUID:
    """A claim of a client that is paid by a method, with VAT at 20 %."""
    await terms(owner, client, vat="0.2", method=method)
    await agreed(cast, client, rate)
    return await placed_case(cast.nordkai, client, amount_minor=120_000, currency="GBP")


async def test_a_gross_remittance_and_its_invoice_are_booked_as_events_6_and_7(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    case_id = await claim(cast, owner, cast.brandt, "gross", "0.2")
    await pay(cast.finance, case_id, 100_000)
    run_id = await prepared(cast.finance)
    drafted = await statement(owner, run_id)
    assert (drafted["method"], drafted["net_minor"], drafted["invoiced_fees_minor"], drafted["invoiced_vat_minor"]) == (
        "gross", 100_000, 20_000, 4_000,
    )  # fmt: skip
    assert "240.00" in (await (await visit(cast.finance)).get(f"/remittances/{run_id}")).text
    await approved(cast.second_finance, run_id, settings)
    invoice = await invoice_of(owner, drafted["id"])
    assert invoice is not None and (invoice["number"], invoice["kind"], invoice["total_minor"]) == (
        "INV-00001",
        "fees",
        24_000,
    )
    agency_id, names = cast.nordkai.id, {"C2": cast.brandt.id}
    booked = [
        *await journal(owner, agency_id, "remittance", f"{drafted['id']}:approval", **names),
        *await journal(owner, agency_id, "invoice", f"{invoice['id']}:issued", **names),
    ]
    assert booked == event(6, "approval")
    assert await wrong(agency_id) == []
    await paid(cast.finance, run_id)
    assert await journal(owner, agency_id, "remittance", f"{drafted['id']}:paid", **names) == event(6, "paid")
    assert await journal(owner, agency_id, "remittance", f"{drafted['id']}:draw", **names) == []

    # What the client is asked to transfer, no later remittance takes, of whatever method.
    await terms(owner, cast.brandt, vat="0.2", method="net", prefix=drafted["number"] or "")
    await pay(cast.finance, case_id, 10_000, on=LATER.date(), at=LATER)
    second = await statement(owner, await remitted(cast, settings, at=LATER))
    assert (second["method"], second["net_minor"], second["carried_in_minor"]) == ("net", 7_600, 0)
    with clock.at(LATER):
        async with transaction(cast.finance.actor.scope):
            await pay_invoice(cast.finance.actor, invoice["id"], LATER.date(), "SEPA 7")
    transfer = await owner.fetchval("select id from invoice_payments where invoice_id = $1", invoice["id"])
    assert await journal(owner, agency_id, "invoice", f"{transfer}:paid", **names) == event(7, "invoice paid")
    assert (await books(cast.brandt)).receivable == 0
    assert await wrong(agency_id) == []
    await owner.execute("update client_invoices set vat_minor = 3999, net_minor = 20001 where id = $1", invoice["id"])
    assert any("every invoice" in fault for fault in await wrong(agency_id))


async def test_100_to_us_and_900_direct_of_event_11_are_kept_and_invoiced_under_combined(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    case_id = await claim(cast, owner, cast.brandt, "combined")
    await pay(cast.finance, case_id, 10_000)
    await pay(cast.finance, case_id, 90_000, channel="direct")
    closed = await statement(owner, await remitted(cast, settings))
    assert (closed["net_minor"], closed["carried_out_minor"], closed["fees_minor"], closed["vat_minor"]) == (
        7_000,
        0,
        25_000,
        5_000,
    )
    invoice = await invoice_of(owner, closed["id"])
    assert invoice is not None and (invoice["net_minor"], invoice["vat_minor"]) == (22_500, 4_500)
    names = {"C3": cast.brandt.id}
    assert await journal(owner, cast.nordkai.id, "remittance", f"{closed['id']}:approval", **names) == [
        "trust Dr2000 C3 100.00", "trust Cr2040 30.00", "operating Dr1220 30.00", "trust Cr2010 C3 70.00",
        "operating Cr1210 C3 25.00", "operating Cr2100 5.00",
    ]  # fmt: skip
    assert await wrong(cast.nordkai.id) == []

    site = await visit(cast.brandt_viewer)
    page = (await site.get(f"/statements/{closed['id']}")).text
    assert "INV-00001" in page and "30.00 is kept back" in page and f"/invoices/{invoice['id']}" in page
    rows = read_csv((await site.get(f"/statements/{closed['id']}/csv")).content)
    assert rows[2]["What it is"] == "Invoiced" and rows[2]["Reference"] == "INV-00001"
    assert sum(Decimal(row["Net before VAT"]) - Decimal(row["VAT"]) for row in rows) == Decimal("70.00")
    document = PdfReader(io.BytesIO((await site.get(f"/statements/{closed['id']}/pdf")).content))
    assert "INV-00001" in " ".join(page.extract_text() for page in document.pages)
    shown = (await site.get(f"/invoices/{invoice['id']}")).text
    assert "225.00" in shown and "45.00" in shown and "270.00" in shown and f"/statements/{closed['id']}" in shown
    other = await visit(cast.lanting_admin)
    assert (await other.get(f"/invoices/{invoice['id']}")).status_code == 404


@pytest.mark.parametrize("method", ["net", "gross", "combined"])
@pytest.mark.parametrize(
    ("currency", "rate", "vat", "ours", "direct"),
    [
        ("JPY", "0.333333", "0.2", [7, 2], [5]),
        ("KWD", "0.25", "0.0775", [33_333, 33_333], [33_333]),
        ("GBP", "0", "0.2", [3_333], [500]),
        ("GBP", "1", "0.2", [3_333], [500]),
    ],
)
async def test_every_statement_adds_up_by_its_method(
    cast: Cast, owner: asyncpg.Connection, settings: Settings,
    method: str, currency: str, rate: str, vat: str, ours: list[int], direct: list[int],
) -> None:  # fmt: skip
    await terms(owner, cast.brandt, vat=vat, method=method)
    await agreed(cast, cast.brandt, rate)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=200_000, currency=currency)
    for number, amount in enumerate([*ours, *direct]):
        channel = "bank" if number < len(ours) else "direct"
        await pay(cast.finance, case_id, amount, channel=channel, reference=f"R{number}")
    made = await statement(owner, await prepared(cast.finance, currency))
    fees = [share(amount, Decimal(rate)) for amount in [*ours, *direct]]
    assert made["fees_minor"] == sum(fees) and made["vat_minor"] == share(sum(fees), Decimal(vat))
    asked = {"net": 0, "gross": sum(fees), "combined": sum(fees[len(ours) :])}[method]
    assert made["invoiced_fees_minor"] == asked
    due = made["fees_minor"] - asked + made["vat_minor"] - made["invoiced_vat_minor"]
    assert made["net_minor"] == max(sum(ours) - due, 0)
    assert made["carried_out_minor"] == min(sum(ours) - due, 0)
    assert (made["invoiced_vat_minor"] == made["vat_minor"]) == (asked == sum(fees))
    await approved(cast.second_finance, made["run_id"], settings)
    assert (await invoice_of(owner, made["id"]) is not None) == (asked > 0)
    assert await wrong(cast.nordkai.id) == []


async def test_a_chargeback_under_gross_is_taken_from_the_next_money_with_fee_and_vat_credited(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    case_id = await claim(cast, owner, cast.brandt, "gross")
    payment = await charged(cast.nordkai.id, case_id, charge("ch_1", 50_000, 770))
    await paid_out(cast.nordkai.id, "po_1", 49_230, topped_up=770)
    await remitted(cast, settings, at=NOON + timedelta(days=7))
    await charged_back(cast.nordkai.id, payment, "du_1", 50_000, 2_000, at=LATER)
    names = {"C1": cast.brandt.id, "K1": case_id}
    assert await journal(owner, cast.nordkai.id, "payment", "du_1", **names) == event(9, "chargeback")
    await pay(cast.finance, case_id, 60_000, on=LATER.date(), at=LATER)
    second = await statement(owner, await remitted(cast, settings, at=LATER))
    # 600 less the 500 that went back, of whose fee and VAT 150 are credited; the new fee of 150 and VAT of 30 are invoiced.
    assert (second["clawed_in_minor"], second["clawed_out_minor"], second["net_minor"]) == (-35_000, 0, 25_000)
    invoice = await invoice_of(owner, second["id"])
    assert invoice is not None and (invoice["number"], invoice["total_minor"]) == ("INV-00002", 18_000)
    assert await wrong(cast.nordkai.id) == []


async def test_what_is_given_back_under_gross_comes_off_the_invoice(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    case_id = await claim(cast, owner, cast.brandt, "gross")
    bounced = await pay(cast.finance, case_id, 20_000, channel="direct")
    await remitted(cast, settings)
    with clock.at(LATER):
        async with transaction(cast.finance.actor.scope):
            await reverse(cast.finance.actor, bounced.id, "not_received", LATER.date())
    # 60 are given back. An invoice of 30 would be covered: there is none, and 30 wait.
    await pay(cast.finance, case_id, 10_000, on=LATER.date(), at=LATER)
    second = await statement(owner, await remitted(cast, settings, at=LATER))
    assert (second["net_minor"], second["clawed_in_minor"], second["clawed_out_minor"]) == (10_000, 6_000, 3_000)
    assert await invoice_of(owner, second["id"]) is None
    assert await wrong(cast.nordkai.id) == []
    # Of the next, over 90, they come off.
    after = LATER + timedelta(days=1)
    await pay(cast.finance, case_id, 30_000, on=after.date(), at=after)
    third = await statement(owner, await remitted(cast, settings, at=after))
    assert (third["net_minor"], third["credited_minor"], third["clawed_out_minor"]) == (30_000, 3_000, 0)
    invoice = await invoice_of(owner, third["id"])
    assert invoice is not None
    assert (invoice["net_minor"], invoice["vat_minor"], invoice["credited_minor"], invoice["total_minor"]) == (
        7_500, 1_500, 3_000, 6_000,
    )  # fmt: skip
    assert await wrong(cast.nordkai.id) == []
    page = (await (await visit(cast.finance)).get(f"/invoices/{invoice['id']}")).text
    assert "75.00" in page and "15.00" in page and "60.00" in page


@pytest.mark.parametrize(
    ("cycle", "told_through", "due_on"),
    [
        ("weekly", date(2026, 11, 20), date(2026, 11, 27)),
        ("twice_a_month", date(2026, 10, 31), date(2026, 11, 15)),
        ("twice_a_month", date(2026, 11, 15), date(2026, 11, 30)),
        ("monthly", date(2026, 11, 10), date(2026, 11, 30)),
        ("monthly", date(2026, 11, 30), date(2026, 12, 31)),
        ("monthly", date(2026, 2, 3), date(2026, 2, 28)),
    ],
)
async def test_a_client_is_due_when_its_cycle_comes_round(
    cast: Cast, owner: asyncpg.Connection, cycle: str, told_through: date, due_on: date
) -> None:
    case_id = await claim(cast, owner, cast.brandt, "net")
    await pay(cast.finance, case_id, 10_000)
    await owner.execute("update remittance_terms set remittance_cycle = $2 where client_id = $1", cast.brandt.id, cycle)
    assert cycle_end(cycle, told_through + timedelta(days=1)) == due_on
    run_id = await owner.fetchval(
        "insert into remittance_runs (id, agency_id, number, currency, period_from, period_to, status, prepared_by, prepared_at)"
        " values (gen_random_uuid(), $1, 'R-0', 'GBP', $2, $2, 'closed', $3, now()) returning id",
        *(cast.nordkai.id, told_through, cast.finance.user_id),
    )
    await owner.execute(
        "insert into statements (id, agency_id, client_id, run_id, number, currency, period_from, period_to, status)"
        " values (gen_random_uuid(), $1, $2, $3, 'S-0', 'GBP', $4, $4, 'closed')",
        *(cast.nordkai.id, cast.brandt.id, run_id, told_through),
    )
    for through, is_due in ((due_on - timedelta(days=1), False), (due_on, True)):
        async with transaction(cast.finance.actor.scope, read_only=True):
            found = [one for one in await shares(cast.finance.actor, "GBP", max(through, TODAY)) if one.payments]
        assert [one.due_on for one in found] == [due_on]
        assert found[0].is_due is (is_due or due_on <= TODAY)


async def test_a_run_may_take_only_those_who_are_due(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    case_id = await claim(cast, owner, cast.brandt, "net")
    other_id = await claim(cast, owner, cast.lanting, "net")
    await pay(cast.finance, case_id, 10_000)
    await remitted(cast, settings)
    await pay(cast.finance, case_id, 20_000)
    with pytest.raises(Refused) as nobody:
        await prepared(cast.finance, only_due=True)
    assert nobody.value.code == "nobody_due"
    await pay(cast.finance, other_id, 5_000)
    with clock.at(NOON):
        page = (await (await visit(cast.finance)).get(f"/remittances/new?currency=GBP&through={TODAY}")).text
    assert "Not due" in page and "Monthly" in page
    run_id = await prepared(cast.finance, only_due=True)
    assert (await statement(owner, run_id))["client_id"] == cast.lanting.id
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            await prepare_again(cast.finance.actor, run_id)
    assert (await statement(owner, run_id))["client_id"] == cast.lanting.id

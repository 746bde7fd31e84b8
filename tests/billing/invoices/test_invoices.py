"""A claw-back is invoiced where nothing comes in any more: owed by transfer, and by no remittance as well."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from billing.invoices.ageing import ages
from billing.invoices.issue import invoice_clawback
from billing.invoices.pay import pay_invoice, take_payment_back
from billing.invoices.register import load_invoice
from billing.remittance.draft import cancel
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.money import pay, wrong
from tests.billing.processing import charged_back
from tests.billing.remittance.test_clawback import LATER, charged_and_remitted
from tests.billing.remitting import prepared, remitted, statement
from tests.billing.trade import event, journal
from tests.people import Cast, Person, Visit


async def did(person: Person, do: Callable[..., Awaitable[Any]], *args: Any, days: int = 0) -> Any:
    """Do something in a transaction of its own, after the claw-back."""
    with clock.at(LATER + timedelta(days=days)):
        async with transaction(person.actor.scope):
            return await do(person.actor, *args)


async def payment_of(owner: asyncpg.Connection, invoice_id: UUID) -> UUID:
    """The only transfer of an invoice."""
    found: UUID = await owner.fetchval("select id from invoice_payments where invoice_id = $1", invoice_id)
    return found


async def clawed(cast: Cast, owner: asyncpg.Connection, settings: Settings) -> UUID:
    """Event 9: the client owes 350; gives the case."""
    payment = await charged_and_remitted(cast, owner, settings)
    await charged_back(cast.nordkai.id, payment, "du_1", 50_000, 2_000, at=LATER)
    return payment.case_id


async def test_an_invoiced_claw_back_is_owed_by_transfer_and_no_remittance_takes_it(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    case_id = await clawed(cast, owner, settings)
    invoice_id = await did(cast.finance, invoice_clawback, cast.brandt.id, "GBP")
    names = {"C1": cast.brandt.id}
    assert await journal(owner, cast.nordkai.id, "invoice", f"{invoice_id}:issued", **names) == [
        "operating Dr1200 C1 350.00", "operating Cr1230 C1 350.00",
    ]  # fmt: skip
    assert await wrong(cast.nordkai.id) == []
    with pytest.raises(Refused) as again:
        await did(cast.owner, invoice_clawback, cast.brandt.id, "GBP")
    assert again.value.code == "nothing_owed"
    # The next money is paid out whole, and neither the invoice nor the claw-back is told of as carried.
    await pay(cast.finance, case_id, 10_000, on=LATER.date(), at=LATER)
    closed = await statement(owner, await remitted(cast, settings, at=LATER + timedelta(days=1)))
    assert (closed["carried_in_minor"], closed["clawed_in_minor"], closed["net_minor"]) == (0, 0, 7_000)
    assert await wrong(cast.nordkai.id) == []
    for day, reference, code in ((None, "x", "missing"), (LATER.date() - timedelta(days=1), "x", "before_issue"),
                                 (LATER.date() + timedelta(days=9), "x", "future"), (LATER.date(), " ", "missing")):  # fmt: skip
        with pytest.raises(Refused) as refused:
            await did(cast.finance, pay_invoice, invoice_id, day, reference)
        assert refused.value.code == code
    booked = {await did(cast.finance, pay_invoice, invoice_id, LATER.date(), "SEPA 9", days=3) for _ in range(2)}
    assert len(booked) == 1
    assert await journal(owner, cast.nordkai.id, "invoice", f"{await payment_of(owner, invoice_id)}:paid", **names) == [
        line.replace("240.00", "350.00").replace("C2", "C1") for line in event(7, "invoice paid")
    ]
    await pay(cast.finance, case_id, 10_000, on=LATER.date(), at=LATER + timedelta(days=4))
    third = await statement(owner, await remitted(cast, settings, at=LATER + timedelta(days=5)))
    assert (third["carried_in_minor"], third["net_minor"]) == (0, 7_000)
    assert await wrong(cast.nordkai.id) == []
    await owner.execute(
        "update client_invoices set total_minor = 35001, net_minor = 35001, settled_on = null where id = $1", invoice_id
    )
    assert any("every invoice" in fault for fault in await wrong(cast.nordkai.id))


async def test_numbers_have_no_gaps_and_a_run_that_takes_it_comes_first(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    case_id = await clawed(cast, owner, settings)
    await pay(cast.finance, case_id, 10_000, on=LATER.date(), at=LATER)
    run_id = await prepared(cast.finance, through=LATER.date(), at=LATER)
    with pytest.raises(Refused) as taken:
        await did(cast.finance, invoice_clawback, cast.brandt.id, "GBP")
    assert taken.value.code == "in_run"
    await did(cast.finance, cancel, run_id)
    invoice_id = await did(cast.finance, invoice_clawback, cast.brandt.id, "GBP")
    assert (await did(cast.auditor, load_invoice, invoice_id)).number == "INV-00001"


async def test_only_finance_invoices_and_a_client_sees_its_own(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    await clawed(cast, owner, settings)
    for name in ("manager", "negotiator", "auditor", "brandt_admin", "huadong_finance"):
        with pytest.raises((Forbidden, NotFound)):
            await did(getattr(cast, name), invoice_clawback, cast.brandt.id, "GBP")
    site = await visit(cast.finance)
    assert "350.00" in (await site.get("/invoices")).text
    answer = await site.post(f"/clients/{cast.brandt.id}/clawback-invoices", data={"currency": "GBP"})
    url = answer.headers["location"]
    assert answer.status_code == 303 and url.startswith("/invoices/")
    for name, status in (("brandt_viewer", 200), ("lanting_admin", 404), ("huadong_finance", 404), ("negotiator", 403)):
        visitor = await visit(getattr(cast, name))
        assert (await visitor.get(url)).status_code == status, name
        assert (await visitor.post(f"{url}/payment")).status_code in (403, 404)
    theirs = await visit(cast.lanting_admin)
    assert "INV-" not in (await theirs.get("/invoices")).text
    assert "INV-00001" in (await (await visit(cast.brandt_viewer)).get("/invoices")).text
    today = clock.today("Europe/Berlin").isoformat()
    part = {"paid_on": today, "amount": "150.00"}
    assert (await site.post(f"{url}/payment", data={**part, "reference": ""})).status_code == 422
    too_much = await site.post(f"{url}/payment", data={**part, "amount": "350.01", "reference": "SEPA 1"})
    assert too_much.status_code == 422 and "350.00" in too_much.text
    assert (await site.post(f"{url}/payment", data={**part, "reference": "SEPA 1"})).status_code == 303
    shown = (await site.get(url)).text
    assert "SEPA 1" in shown and "200.00" in shown and "Part paid" in shown
    transfer = await payment_of(owner, UUID(url.rsplit("/", 1)[1]))
    for name, status in (("lanting_admin", 403), ("brandt_admin", 403), ("huadong_finance", 404)):
        answer = await (await visit(getattr(cast, name))).post(f"/invoices/payments/{transfer}/take-back")
        assert answer.status_code == status, name
    assert (await site.post(f"/invoices/payments/{transfer}/take-back")).status_code == 303
    assert "Part paid" not in (await site.get(url)).text
    assert await wrong(cast.nordkai.id) == []


async def test_an_invoice_is_paid_in_parts_and_only_the_rest_stays_out_of_remittances(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    case_id = await clawed(cast, owner, settings)
    invoice_id = await did(cast.finance, invoice_clawback, cast.brandt.id, "GBP")
    await did(cast.finance, pay_invoice, invoice_id, LATER.date(), "SEPA 1", 10_000)
    with pytest.raises(Refused) as twice:
        await did(cast.finance, pay_invoice, invoice_id, LATER.date(), "SEPA 1", 9_000)
    with pytest.raises(Refused) as more:
        await did(cast.finance, pay_invoice, invoice_id, LATER.date(), "SEPA 2", 25_001)
    assert (twice.value.code, more.value.code) == ("booked_already", "too_much")
    invoice = await did(cast.brandt_viewer, load_invoice, invoice_id)
    assert (invoice.left_minor, invoice.is_settled) == (25_000, False)
    await pay(cast.finance, case_id, 10_000, on=LATER.date(), at=LATER)
    told = await statement(owner, await remitted(cast, settings, at=LATER + timedelta(days=1)))
    assert (told["carried_in_minor"], told["net_minor"]) == (0, 7_000)
    [age] = await did(cast.auditor, ages, invoice.due_on + timedelta(days=31))
    assert (age.not_due_minor, age.to_30_minor, age.to_60_minor, age.left_minor) == (0, 0, 25_000, 25_000)
    # What was booked in error is open again; then the rest comes in one.
    await did(cast.finance, take_payment_back, await payment_of(owner, invoice_id), days=2)
    assert (await did(cast.finance, load_invoice, invoice_id)).left_minor == 35_000
    assert await wrong(cast.nordkai.id) == []
    await did(cast.finance, pay_invoice, invoice_id, LATER.date(), "SEPA 1", 34_000, days=2)
    await did(cast.finance, pay_invoice, invoice_id, LATER.date() + timedelta(days=1), "SEPA 3", days=2)
    assert (await did(cast.finance, load_invoice, invoice_id)).settled_on == LATER.date() + timedelta(days=1)
    with pytest.raises(Refused) as settled:
        await did(cast.finance, pay_invoice, invoice_id, LATER.date(), "SEPA 4", 1, days=2)
    assert settled.value.code == "settled" and await did(cast.finance, ages, LATER.date()) == []
    assert await wrong(cast.nordkai.id) == []

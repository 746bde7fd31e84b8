"""A payment reaches single invoices, stays there, and is given back as it was."""

from datetime import date, timedelta
from importlib import import_module
from uuid import UUID

import asyncpg
import pytest

from billing.bank.matching.accept import accept_case
from billing.payments.processor import take_charge
from billing.payments.prove_reached import prove_reached
from billing.payments.reaching import reached_by
from billing.payments.returns import reverse
from billing.payments.told import Charged
from billing.tables import Channel
from cases.casework import load_case
from cases.disputes import dispute
from cases.invoices.register import standing_of
from portal import clock
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.text import speaking
from portal.people.actor import Actor
from portal.people.actor import system as system_actor
from portal.tenancy.database import as_job, sql, transaction
from tests.billing.bank.matching.arriving import LATER, arrived, kinds, said
from tests.billing.bank.statements import opened
from tests.billing.direct.reporting import accepted
from tests.billing.money import NOON, TODAY, agreed, pay, wrong
from tests.cases.api.test_api import key_of
from tests.cases.casework import placed_case
from tests.people import Cast, Visit


async def two_invoices(cast: Cast, owner: asyncpg.Connection) -> tuple[UUID, dict[str, UUID]]:
    """A case of 900.00: RE-1 of 400.00 due in July, RE-2 of 500.00 due a month later."""
    await agreed(cast, cast.brandt)
    case_id = await placed_case(
        cast.nordkai, cast.brandt, amount_minor=90_000, currency="GBP", due_on=date(2026, 7, 20)
    )
    await owner.execute("update invoices set number = 'RE-1', amount_minor = 40000 where case_id = $1", case_id)
    await owner.execute(
        "insert into invoices (agency_id, client_id, case_id, number, due_on, amount_minor)"
        " values ($1, $2, $3, 'RE-2', '2026-08-20', 50000)",
        *(cast.nordkai.id, cast.brandt.id, case_id),
    )
    rows = await owner.fetch("select number, id from invoices where case_id = $1", case_id)
    return case_id, {row["number"]: row["id"] for row in rows}


async def stands(actor: Actor, case_id: UUID) -> list[tuple[str, int, int]]:
    """Each invoice with what was paid of it and what is open."""
    async with transaction(actor.scope, read_only=True):
        standing = await standing_of(actor, await load_case(actor, case_id))
    return [(one.number, one.paid_minor, one.open_minor) for one in standing.invoices]


async def proved(agency_id: UUID) -> list[str]:
    async with transaction(as_job(agency_id), read_only=True):
        found = (await prove_reached(agency_id))[1]
    return found + await wrong(agency_id)


async def told(actor: Actor, payment_id: UUID) -> str:
    async with transaction(actor.scope, read_only=True):
        with speaking("en"):
            return str((await reached_by(actor, [payment_id]))[payment_id])


async def test_a_payment_reaches_the_oldest_due_invoice_first_and_gives_back_what_it_reached(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id, _ = await two_invoices(cast, owner)
    first = await pay(cast.finance, case_id, 50_000)
    assert await stands(cast.finance.actor, case_id) == [("RE-1", 40_000, 0), ("RE-2", 10_000, 40_000)]
    assert await told(cast.finance.actor, first.id) == "RE-1 400.00, RE-2 100.00 (the oldest due first)"
    await pay(cast.finance, case_id, 20_000, channel="direct")
    with clock.at(NOON + timedelta(days=1)):
        async with transaction(cast.finance.actor.scope):
            back = await reverse(cast.finance.actor, first.id, "returned_by_bank", TODAY)
    assert await stands(cast.finance.actor, case_id) == [("RE-1", 0, 40_000), ("RE-2", 20_000, 30_000)]
    assert await told(cast.finance.actor, back) == "RE-1 −400.00, RE-2 −100.00 (the oldest due first)"
    assert await proved(cast.nordkai.id) == []
    assert await laid_anew(owner, case_id) == [
        (-50_000, "RE-1", -40_000), (-50_000, "RE-2", -10_000), (20_000, "RE-1", 20_000), (50_000, "RE-1", 40_000),
        (50_000, "RE-2", 10_000),
    ]  # fmt: skip


async def laid_anew(owner: asyncpg.Connection, case_id: UUID) -> list[tuple[int, str, int]]:
    """What the migration would say that the payments of a case reached, if nothing were known of it."""
    taking_over = import_module("billing.piccolo_migrations.billing_2026_11_26t20_36_00_000000")
    trying = owner.transaction()
    await trying.start()
    try:
        await owner.execute("delete from invoice_shares")
        await owner.execute(taking_over.REACHED)
        rows = await owner.fetch(
            "select p.amount_minor, i.number, s.amount_minor as share from invoice_shares s"
            " join payments p on p.id = s.payment_id left join invoices i on i.id = s.invoice_id"
            " where s.case_id = $1 order by p.amount_minor, i.number",
            case_id,
        )
    finally:
        await trying.rollback()
    return [(row["amount_minor"], row["number"], row["share"]) for row in rows]


async def test_the_proof_finds_shares_that_are_not_those_of_their_payment(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id, invoices = await two_invoices(cast, owner)
    payment = await pay(cast.finance, case_id, 50_000)
    await owner.execute(
        "update invoice_shares set amount_minor = 40001 where payment_id = $1 and position = 1", payment.id
    )
    assert await proved(cast.nordkai.id) == [
        f"payment {payment.id} reached other than its principal",
        f"invoice {invoices['RE-1']} was paid other than within its amount",
        f"case {case_id} has other payments in the books",
    ]


async def test_what_was_reached_is_seen_by_its_client_alone(
    cast: Cast, owner: asyncpg.Connection, visit: Visit
) -> None:
    case_id, _ = await two_invoices(cast, owner)
    payment = await pay(cast.finance, case_id, 50_000)
    page = await (await visit(cast.finance)).get(f"/payments/{payment.id}")
    assert "RE-1 400.00, RE-2 100.00 (the oldest due first)" in page.text
    await owner.execute("update users set language = 'zh-Hans' where id = $1", cast.finance.user_id)
    chinese = await (await visit(cast.finance)).get(f"/payments/{payment.id}")
    assert "RE-1 400.00, RE-2 100.00（先抵最早到期的）" in chinese.text
    assert "400.00 paid" in (await (await visit(cast.negotiator)).get(f"/cases/{case_id}")).text
    assert "400.00 paid" in (await (await visit(cast.brandt_submitter)).get(f"/cases/{case_id}")).text
    for stranger in (cast.lanting_admin.actor, cast.huadong_finance.actor):
        async with transaction(stranger.scope, read_only=True):
            assert await reached_by(stranger, [payment.id]) == {}


async def test_the_application_may_not_change_what_was_reached(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id, _ = await two_invoices(cast, owner)
    await pay(cast.finance, case_id, 50_000)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with transaction(cast.finance.actor.scope):
            await sql("update invoice_shares set named = true")


async def test_what_the_debtor_names_is_paid_first_and_only_an_invoice_of_the_case_can_be_named(
    cast: Cast, owner: asyncpg.Connection, visit: Visit
) -> None:
    case_id, invoices = await two_invoices(cast, owner)
    browser = await visit(cast.finance)
    typed = {
        "case": str(case_id), "token": str(new_id()), "amount": "600", "channel": "bank", "received_on": "2026-11-20",
        "invoice": str(invoices["RE-2"]),
    }  # fmt: skip
    with clock.at(NOON):
        page = await browser.post("/payments/check", data=typed)
    assert "RE-2 500.00, RE-1 100.00 (as the debtor said, then the oldest due first)" in page.text
    assert "RE-1, 400.00 open, due" in page.text, "among several it is asked for which"
    payment = await pay(cast.finance, case_id, 60_000, invoice_id=invoices["RE-2"])
    assert await stands(cast.finance.actor, case_id) == [("RE-1", 10_000, 30_000), ("RE-2", 50_000, 0)]
    assert await told(cast.finance.actor, payment.id) == (
        "RE-2 500.00, RE-1 100.00 (as the debtor said, then the oldest due first)"
    )
    with pytest.raises(Refused) as refused:
        other = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
        await pay(cast.finance, other, 100, invoice_id=invoices["RE-1"])
    assert (refused.value.field, refused.value.code) == ("invoice", "no_invoice")
    assert "For which invoice" not in (await browser.get(f"/payments/new?case={other}")).text
    assert await proved(cast.nordkai.id) == []


async def test_a_disputed_invoice_is_not_paid_though_the_debtor_names_it(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id, invoices = await two_invoices(cast, owner)
    negotiator = cast.negotiator.actor
    with clock.at(NOON):
        async with transaction(negotiator.scope):
            await dispute(negotiator, case_id, "defective", amount_minor=15_000, invoice_id=invoices["RE-1"])
        with pytest.raises(Refused) as refused:
            async with transaction(negotiator.scope):
                await dispute(negotiator, case_id, "price", amount_minor=25_001, invoice_id=invoices["RE-1"])
    assert refused.value.code == "over_invoice"
    payment = await pay(cast.finance, case_id, 80_000, invoice_id=invoices["RE-1"])
    assert (payment.principal_minor, payment.held_minor) == (75_000, 5_000)
    assert await stands(cast.finance.actor, case_id) == [("RE-1", 25_000, 15_000), ("RE-2", 50_000, 0)]
    assert await proved(cast.nordkai.id) == []


async def test_what_the_debtor_says_of_a_direct_payment_and_of_a_card_is_kept(
    cast: Cast, owner: asyncpg.Connection, visit: Visit
) -> None:
    case_id, invoices = await two_invoices(cast, owner)
    system = await visit(key=await key_of(owner, cast.nordkai.id, cast.brandt))
    url, paid = f"/api/v1/cases/{case_id}/direct-payments", {"amount": "100.00", "paid_on": "2026-11-20"}
    with clock.at(NOON):
        wrong_one = await system.post(url, json={**paid, "invoice": "RE-3"}, headers={"Idempotency-Key": "a"})
        given = await system.post(url, json={**paid, "invoice": "RE-2"}, headers={"Idempotency-Key": "b"})
    assert (wrong_one.status_code, given.status_code) == (422, 201)
    report_id = UUID(given.json()["id"])
    await accepted(cast.finance, report_id, 10_000, date(2026, 11, 20))
    assert await stands(cast.finance.actor, case_id) == [("RE-1", 0, 40_000), ("RE-2", 10_000, 40_000)]
    one = (await system.get(f"/api/v1/cases/{case_id}")).json()["invoices"][1]
    assert (one["number"], one["paid"], one["open"]) == ("RE-2", "100.00", "400.00")
    charged = Charged(
        charge_id="ch_named", amount_minor=5_000, currency="GBP", fee_minor=0, received_on=TODAY, channel=Channel.CARD,
        named=(invoices["RE-2"],),
    )  # fmt: skip
    with clock.at(NOON):
        portal = system_actor(cast.nordkai.id)
        async with transaction(portal.scope):
            await take_charge(portal, case_id, charged)
    assert (await stands(cast.finance.actor, case_id))[1] == ("RE-2", 15_000, 35_000)
    assert await proved(cast.nordkai.id) == []


async def test_a_transfer_that_names_an_invoice_pays_it_first(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id, _ = await two_invoices(cast, owner)
    await owner.execute("update invoices set number = 'RE-2026-114' where case_id = $1 and number = 'RE-2'", case_id)
    number = await owner.fetchval("select number from cases where id = $1", case_id)
    account = await opened(cast.finance, "Trust GBP", currency="GBP")
    by_itself, waiting = await arrived(
        cast.finance, account,
        said(20_000, f"{number} RE-2026-114", "MUELLER MASCHINENBAU GMBH"), said(5_000, "RE 2026 114", "Somebody else"),
    )  # fmt: skip
    assert await kinds(owner, by_itself, waiting) == ["payment", "suspense"]
    assert await stands(cast.finance.actor, case_id) == [("RE-1", 0, 40_000), ("RE-2026-114", 20_000, 30_000)]
    with clock.at(LATER):
        async with transaction(cast.finance.actor.scope):
            payment_id = await accept_case(cast.finance.actor, waiting, case_id)
    assert await told(cast.finance.actor, payment_id) == "RE-2026-114 50.00 (as the debtor said)"
    assert await proved(cast.nordkai.id) == []

"""Lines that are no payment on a case: what came back, transfers, interest, and what moves on the agency's own accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from billing.bank.accounts import OwnAccount
from billing.bank.matching.accept import accept, shown_of
from billing.bank.matching.by_hand import choices_of, name
from billing.bank.matching.candidates import load_line
from billing.bank.matching.propose import What
from billing.bank.matching.undo import undo
from billing.bank_details.account import Account
from billing.invoices.register import list_invoices
from billing.reconciliation.bank import AccountOn, accounts_on
from billing.refunds.decide import approve as approve_refund
from billing.refunds.pay import pay as pay_refund
from billing.remittance.came_back import pay_again
from billing.surplus.refund import ask_to_refund
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.ledger.balances import balance
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.bank.matching.arriving import LATER, arrived, kinds, posted, said, told
from tests.billing.bank.matching.test_booking import did, proposed
from tests.billing.bank.statements import DUPLICATE_IBAN, opened
from tests.billing.money import NOON, TODAY, agreed, pay, wrong
from tests.billing.remitting import PROOF, approved, paid_into, prepared, statement, terms
from tests.billing.remitting import paid as confirmed
from tests.billing.trade import event
from tests.cases.casework import placed_case
from tests.people import Cast, Person, Visit

BRANDT = Account(currency="EUR", holder="Brandt GmbH", iban="DE75512108001245126199")
OTHER = Account(currency="EUR", holder="Brandt GmbH", iban="DE02120300000000202051")
TOMORROW = TODAY + timedelta(days=1)


async def accepted(person: Person, line: UUID, what: What) -> None:
    """Accept what is proposed of a line, which must be that."""
    found = await proposed(person, line)
    assert found.what is what and found.confidence >= 50
    await did(person, accept, line, what, shown_of(found))


async def stood(cast: Cast, account: int, **more: Any) -> int:
    async with transaction(cast.finance.actor.scope, read_only=True):
        return await balance(cast.nordkai.id, account, "EUR", **more)


async def on(person: Person, account: OwnAccount, days: int = 0) -> AccountOn:
    """An account as it is reconciled at the end of a day."""
    async with transaction(person.actor.scope, read_only=True):
        found = await accounts_on(person.actor, TODAY + timedelta(days=days))
    return next(one for one in found if one.id == account.id)


async def refused(code: str, person: Person, do: Any, *args: Any) -> None:
    with pytest.raises(Refused) as found:
        await did(person, do, *args)
    assert found.value.code == code


@pytest.fixture
async def trust(cast: Cast) -> OwnAccount:
    await agreed(cast, cast.brandt)
    return await opened(cast.finance)


async def paid_out(cast: Cast, owner: asyncpg.Connection, settings: Settings, minor: int = 70_00) -> asyncpg.Record:
    """A statement of Brandt's that paid this much, and whose account is known."""
    await terms(owner, cast.brandt)
    await paid_into(cast, cast.brandt, settings, BRANDT)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=1_200_00)
    await pay(cast.finance, case_id, minor * 4 // 3)
    run_id = await prepared(cast.finance, "EUR")
    await approved(cast.second_finance, run_id, settings)
    await confirmed(cast.finance, run_id, reference="SEPA 77")
    return await statement(owner, run_id)


async def test_a_payout_that_the_bank_returns_is_event_10_and_is_paid_again_to_an_account_that_two_people_confirmed(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, settings: Settings, visit: Visit
) -> None:
    sent = await paid_out(cast, owner, settings, 75_00)
    [back] = await arrived(
        cast.finance, trust,
        said(75_00, f"RETURN {sent['number']}", "Brandt GmbH", on=TOMORROW, return_reason="AC04 closed account"),
    )  # fmt: skip
    assert await kinds(owner, back) == ["open"], "a person looks at it"
    await accepted(cast.finance, back, What.PAYOUT_BACK)
    expected = [line.replace("70.00", "75.00") for line in event(10, "payout returned")]
    assert sorted(await posted(owner, back, C1=cast.brandt.id)) == sorted(expected)
    assert await stood(cast, 2010, client=cast.brandt.id) == 75_00
    assert await wrong(cast.nordkai.id) == []
    row = await owner.fetchrow("select * from returned_payouts where statement_id = $1", sent["id"])
    assert row is not None and row["why"] == "AC04 closed account"
    # Its account is out of use: nobody is paid before two people said where.
    again = (cast.finance, pay_again, row["id"], TOMORROW, "SEPA 78")
    await refused("account_flagged", *again)
    async with await visit(cast.brandt_admin) as client:
        told_there = (await client.get(f"/statements/{sent['id']}")).text
        assert "the bank sent" in told_there and "check where you are paid" in told_there
    async with await visit(cast.finance) as finance:
        assert "An account that two people confirm" in (await finance.get("/remittances")).text
    await paid_into(cast, cast.brandt, settings, BRANDT, at=NOON + timedelta(days=1))  # the same, looked at by two
    await refused("account_rests", *again)
    for person, error in ((cast.negotiator, Forbidden), (cast.huadong_finance, NotFound)):
        with pytest.raises(error):
            await did(person, pay_again, row["id"], TOMORROW, "SEPA 78")
    rested = TOMORROW + timedelta(days=3)
    with clock.at(NOON + timedelta(days=5)):
        [line] = await told(
            cast.finance, trust, said(-75_00, f"{sent['number']}", "Brandt GmbH", on=rested, bank_reference="SEPA 78")
        )
        async with transaction(cast.finance.actor.scope):
            await name(cast.finance.actor, line, f"paid_again {row['id']}")
        async with await visit(cast.brandt_viewer) as client:
            assert "It was paid again" in (await client.get(f"/statements/{sent['id']}")).text
    expected = [line.replace("70.00", "75.00") for line in event(10, "paid again")]
    assert sorted(await posted(owner, line, C1=cast.brandt.id)) == sorted(expected)
    assert await stood(cast, 2010, client=cast.brandt.id) == 0
    await refused("paid_again", cast.finance, undo, back, "it was another")
    assert await wrong(cast.nordkai.id) == []


async def test_a_returned_payout_that_waits_in_suspense_or_is_mistaken_leaves_no_trace_in_the_balances(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, settings: Settings
) -> None:
    sent = await paid_out(cast, owner, settings, 75_00)
    [unclear] = await arrived(cast.finance, trust, said(75_00, "DANKE", "K WEBER", on=TOMORROW))
    assert await kinds(owner, unclear) == ["suspense"], "nothing says that it came back"
    with pytest.raises(Forbidden):
        await did(cast.auditor, name, unclear, f"payout_back {sent['id']}")
    await refused("missing", cast.finance, name, unclear, f"payout_back {trust.id}")
    assert await did(cast.finance, name, unclear, f"payout_back {sent['id']}") is What.PAYOUT_BACK
    assert (await stood(cast, 2020), await stood(cast, 2010, client=cast.brandt.id)) == (0, 75_00)
    assert await wrong(cast.nordkai.id) == []
    [twice] = await arrived(cast.finance, trust, said(75_00, "DANKE", "K WEBER", on=TOMORROW, bank_reference="2"))
    await refused("missing", cast.finance, name, twice, f"payout_back {sent['id']}")
    await did(cast.finance, undo, unclear, "it was the debtor after all")
    assert (await stood(cast, 2010, client=cast.brandt.id), await kinds(owner, unclear)) == (0, ["open"])
    assert await owner.fetchval("select status from returned_payouts where statement_id = $1", sent["id"]) == "undone"
    assert await wrong(cast.nordkai.id) == []


async def test_a_refund_that_comes_back_is_kept_for_the_debtor_again(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, settings: Settings
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=240_00)
    payment = await pay(cast.finance, case_id, 265_00)
    weber = Account(currency="EUR", holder="K. Weber", iban=DUPLICATE_IBAN)
    refund_id = await did(cast.finance, ask_to_refund, payment.id, 25_00, weber)
    await did(cast.second_finance, approve_refund, refund_id, PROOF, settings.secret_key)
    await did(cast.finance, pay_refund, refund_id, LATER.date(), "SEPA 90")
    [back] = await arrived(
        cast.finance, trust,
        said(25_00, "SEPA 90", "K Weber", counterparty_account=DUPLICATE_IBAN, on=LATER.date(), is_reversal=True),
    )  # fmt: skip
    await accepted(cast.finance, back, What.REFUND_BACK)
    assert await posted(owner, back) == ["trust Dr1000 25.00", "trust Cr2030 25.00"]
    assert await wrong(cast.nordkai.id) == []
    await did(cast.finance, undo, back, "another one")
    assert await owner.fetchval("select status from refunds where id = $1", refund_id) == "paid"
    assert await stood(cast, 2030) == 0
    assert await wrong(cast.nordkai.id) == []
    await accepted(cast.finance, back, What.REFUND_BACK)
    assert await did(cast.finance, ask_to_refund, payment.id, 25_00, weber)
    await refused("not_here", cast.finance, undo, back, "asked for again")
    assert await wrong(cast.nordkai.id) == []


async def test_a_transfer_between_own_accounts_is_one_journal_when_both_banks_told_of_it_and_on_its_way_until_then(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, settings: Settings
) -> None:
    second = await opened(cast.finance, "Second", iban=DUPLICATE_IBAN)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await pay(cast.finance, case_id, 500_00)
    out_of, into = (
        said(-200_00, "Umbuchung", counterparty_account=second.iban),
        said(200_00, "Umbuchung", counterparty_account=trust.iban, on=TOMORROW),
    )
    [out] = await arrived(cast.finance, trust, out_of)
    assert await kinds(owner, out) == ["open"]
    await owner.execute(
        "update bank_statements set opening_minor = 0, closing_minor = net_minor, from_on = $2, to_on = $2"
        " where bank_account_id = $1", trust.id, TODAY,
    )  # fmt: skip
    await owner.execute("update bank_accounts set opened_on = $2 where agency_id = $1", cast.nordkai.id, TODAY)
    found = await on(cast.finance, trust)
    assert [(item.own_name, item.minor) for item in found.not_booked.listed] == [("Second", -200_00)]
    assert found.unexplained_minor == 0
    [came] = await arrived(cast.finance, second, into)
    assert await kinds(owner, out, came) == ["posted", "posted"], "both name each other: nobody is asked"
    assert await posted(owner, out) == ["trust Dr1000 200.00", "trust Cr1000 200.00"]
    assert (await on(cast.finance, trust)).not_booked.count == 1, "on that day it still was on its way"
    with clock.at(LATER):
        assert (await on(cast.finance, trust, 1)).unexplained_minor == 0
        assert (await on(cast.finance, second, 1)).ledger_minor == 200_00
    assert await wrong(cast.nordkai.id) == []
    await did(cast.finance, undo, came, "of another agency")
    assert await kinds(owner, out, came) == ["open", "open"]
    await accepted(cast.finance, out, What.TRANSFER)
    assert await kinds(owner, out, came) == ["posted", "posted"]
    assert await wrong(cast.nordkai.id) == []


async def test_interest_on_the_trust_account_is_the_agencys_and_leaves_with_the_next_run(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, settings: Settings
) -> None:
    [interest, negative] = await arrived(
        cast.finance, trust,
        said(12_34, "HABENZINSEN Q3", code="PMNT/ACMT/INTR"), said(-2_00, "Negative interest", code="PMNT/ACMT/INTR"),
    )  # fmt: skip
    assert await kinds(owner, interest, negative) == ["open", "open"]
    await accepted(cast.finance, interest, What.INTEREST)
    assert await posted(owner, interest) == [
        "trust Dr1000 12.34", "trust Cr2040 12.34", "operating Dr1220 12.34", "operating Cr4010 12.34",
    ]  # fmt: skip
    await terms(owner, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await pay(cast.finance, case_id, 100_00)
    run_id = await prepared(cast.finance, "EUR", at=LATER)
    await approved(cast.second_finance, run_id, settings, at=LATER)
    # All of it leaves in one debit: 75.00 to the client, 25.00 and the interest to us.
    [debit] = await arrived(cast.finance, trust, said(-112_34, "REMITTANCE", on=LATER.date()))
    await accepted(cast.finance, debit, What.RUN)
    assert (await stood(cast, 2040), await stood(cast, 1220), await stood(cast, 4010)) == (0, 0, 12_34)
    assert await wrong(cast.nordkai.id) == []
    with pytest.raises(Refused) as refused:
        await did(cast.finance, undo, interest, "it was drawn")
    assert refused.value.code == "drawn"
    await accepted(cast.finance, negative, What.CHARGE)
    assert (await stood(cast, 5020), await stood(cast, 2190)) == (2_00, 2_00)
    assert await wrong(cast.nordkai.id) == []


async def test_lines_of_an_operating_account_are_explained_until_it_is_even(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, settings: Settings, visit: Visit
) -> None:
    own = await opened(cast.finance, "Own", book="operating", iban=DUPLICATE_IBAN)
    await terms(owner, cast.brandt, vat="0.2", method="gross")
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=1_000_00)
    await pay(cast.finance, case_id, 1_000_00)
    run_id = await prepared(cast.finance, "EUR")
    await approved(cast.second_finance, run_id, settings)
    async with transaction(cast.finance.actor.scope, read_only=True):
        [invoice] = (await list_invoices(cast.finance.actor))[0]
    lines = await arrived(
        cast.finance, own,
        said(100_00, f"Rechnung {invoice.number}, Rate 1", "Treuhand AG"), said(200_00, "Rest", invoice.client_name), said(-50_00, "UST 10/2026", "FINANZAMT HAMBURG"),
        said(-4_50, "Kontoführung", code="PMNT/MDOP/CHRG"), said(-900_00, "Miete November", "Hausverwaltung Nord"),
        said(800_00, "Einlage", "Inhaber"),
    )  # fmt: skip
    part, rest, vat, charge, rent, deposit = lines
    assert invoice.total_minor == 300_00
    assert await kinds(owner, *lines) == ["open"] * 6
    for line, what in ((part, What.INVOICE), (rest, What.INVOICE), (vat, What.VAT), (charge, What.CHARGE)):
        await accepted(cast.finance, line, what)
    assert await posted(owner, vat) == [line.replace("145.00", "50.00") for line in event(19, "VAT")]
    assert await posted(owner, rest, C2=cast.brandt.id) == [
        line.replace("240.00", "200.00") for line in event(7, "invoice paid")
    ]
    assert (await proposed(cast.finance, rent)).what is What.NOTHING
    async with await visit(cast.finance) as finance:
        page = f"/bank/lines/{rent}"
        short = await finance.post(f"{page}/naming", data={"as": "outside", "note": " "})
        assert short.status_code == 422 and "Please say what it is" in short.text
        assert (await finance.post(f"{page}/naming", data={"as": "outside", "note": "rent"})).status_code == 303
        assert "Not of the collection business: rent" in (await finance.get(page)).text
        assert "Hausverwaltung Nord" in (await finance.get("/bank/lines?show=booked")).text
        assert (await finance.post(f"/bank/lines/{deposit}/naming", data={"as": "nothing"})).status_code == 422
    await did(cast.finance, name, deposit, "outside", "the owner's money")
    await owner.execute(
        "update bank_statements set opening_minor = 5000000, closing_minor = 5000000 + net_minor, from_on = $2, to_on = $2"
        " where bank_account_id = $1", own.id, TODAY,
    )  # fmt: skip
    await owner.execute("update bank_accounts set opened_on = $2 where agency_id = $1", cast.nordkai.id, TODAY)
    found = await on(cast.finance, own)
    assert (found.unexplained_minor, found.outside.total_minor, found.opening_gap_minor) == (0, -100_00, 50_000_00)
    assert found.ledger_minor == 300_00 - 50_00 - 4_50
    assert await wrong(cast.nordkai.id) == []
    await did(cast.finance, undo, rent, "it is a cost of a case")
    assert await kinds(owner, rent) == ["open"]
    assert (await on(cast.finance, own)).unexplained_minor == 0, "it waits, and is named as such"
    async with transaction(cast.finance.actor.scope, read_only=True):
        trusted = await load_line(cast.finance.actor, rent)
        assert What.OUTSIDE in {one.what for one in await choices_of(cast.finance.actor, trusted)}
    with pytest.raises(NotFound):
        await did(cast.huadong_finance, name, rent, "outside", "x")

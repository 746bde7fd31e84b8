"""Another payee than expected is told to the debtor's old contact, or the approver learns that nobody could be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import asyncpg

from billing.bank_details.account import Account
from billing.refunds.decide import approve, decline
from billing.surplus.refund import ask_to_refund
from billing.suspense.send_back import ask_to_send_back
from cases.contact.question import Channel
from cases.contact.stops import stop_contact
from portal import clock
from portal.jobs import work_off
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.money import NOON, agreed, pay, wrong
from tests.billing.remitting import PROOF
from tests.billing.suspense.test_suspense import did, suspended
from tests.cases.casework import placed_case
from tests.letterbox import Letterbox
from tests.people import Cast, Visit

WEBER = Account(currency="GBP", holder="K. Weber", iban="GB33BUKB20201555555555")
OTHER = replace(WEBER, iban="DE89370400440532013000")


async def email_of(owner: asyncpg.Connection, case_id: UUID, email: str, *, hours: int, language: str = "en") -> None:
    """The debtor of a case has an address, entered so many hours before noon."""
    row = await owner.fetchrow("select agency_id, debtor_id from cases where id = $1", case_id)
    assert row is not None
    await owner.execute(
        "insert into contact_points (agency_id, debtor_id, kind, value, created_at) values ($1, $2, 'email', $3, $4)",
        *(row["agency_id"], row["debtor_id"], email, NOON - timedelta(hours=hours)),
    )
    await owner.execute("update debtors set language = $2 where id = $1", row["debtor_id"], language)


async def changed(cast: Cast, settings: Settings, payment_id: UUID) -> UUID:
    """A surplus is asked for to one account and, after that was declined, to another one, which is approved."""
    await did(cast.second_finance, decline, await did(cast.finance, ask_to_refund, payment_id, 2_500, WEBER))
    refund: UUID = await did(cast.finance, ask_to_refund, payment_id, 2_500, OTHER)
    await did(cast.second_finance, approve, refund, PROOF, settings.secret_key)
    return refund


async def worked_off(cast: Cast) -> None:
    with clock.at(NOON):
        for _ in range(2):
            await work_off(agency_id=cast.nordkai.id)


async def test_the_debtor_is_told_once_at_the_address_that_was_known_before_and_in_their_language(
    cast: Cast, owner: asyncpg.Connection, letterbox: Letterbox, settings: Settings, visit: Visit
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=24_000, currency="GBP", debtor="K. Weber")
    payment = await pay(cast.finance, case_id, 26_500)
    await email_of(owner, case_id, "weber@debtor.example", hours=48, language="zh-Hans")
    await owner.execute("update agencies set send_receipts = false where id = $1", cast.nordkai.id)
    refund = await changed(cast, settings, payment.id)
    # Whoever asked for another account has entered another address as well.
    await email_of(owner, case_id, "weber@elsewhere.example", hours=-1, language="zh-Hans")
    await worked_off(cast)
    [(people, message)] = letterbox.kept
    assert people == ["weber@debtor.example"]
    text = message.get_content()
    assert "3000" in text and "OTHER" not in text and OTHER.iban not in text and "退还" in text
    assert await owner.fetchval("select told from refunds where id = $1", refund) == "sent"
    page = (await (await visit(cast.finance)).get(f"/surplus/{payment.id}")).text
    assert "The debtor was told of the other payee by e-mail." in page
    trail = await owner.fetch("select action, facts from audit_events where subject_id = $1 order by id", refund)
    assert trail[-1]["action"] == "surplus.refund_told" and "debtor.example" not in trail[-1]["facts"]
    assert await wrong(cast.nordkai.id) == []


async def test_where_nobody_can_be_told_the_approver_reads_it_before_and_after(
    cast: Cast, owner: asyncpg.Connection, letterbox: Letterbox, settings: Settings, visit: Visit
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=24_000, currency="GBP", debtor="K. Weber")
    await email_of(owner, case_id, "weber@debtor.example", hours=48)
    await owner.execute("update agencies set send_receipts = false where id = $1", cast.nordkai.id)
    payment = await pay(cast.finance, case_id, 26_500)
    with clock.at(NOON):
        async with transaction(cast.negotiator.actor.scope):
            await stop_contact(cast.negotiator.actor, case_id, None, [Channel.EMAIL], "asked not to be written to")
    stopped = await changed(cast, settings, payment.id)
    nobodys = await suspended(cast.finance, 10_000)
    await did(cast.second_finance, decline, await did(cast.finance, ask_to_send_back, nobodys, WEBER))
    await did(cast.finance, ask_to_send_back, nobodys, OTHER)
    approver = await visit(cast.second_finance)
    assert "it is not known whose money this is" in (await approver.get(f"/suspense/{nobodys}")).text
    await worked_off(cast)
    assert letterbox.kept == []
    assert await owner.fetchval("select told from refunds where id = $1", stopped) == "stopped"
    assert "the debtor is not to be written to" in (await approver.get(f"/surplus/{payment.id}")).text

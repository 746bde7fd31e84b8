"""The debtor pays by card: once for a form, and the page says what happened."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from billing.cards.intents import MOST_FAILED
from cases.disputes import dispute
from portal import clock
from portal.tenancy.database import transaction
from tests.billing.cards.bank import Bank, bank, takes_cards
from tests.billing.money import NOON, agreed, look, wrong
from tests.billing.planning import running
from tests.cases.casework import placed_case
from tests.cases.claim_page.coming import come
from tests.people import Cast, Visit

__all__ = ["bank"]


async def at_the_page(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, *, cards: bool = True
) -> tuple[UUID, httpx.AsyncClient]:
    """A debtor who owes 1,000.00, on the page of the claim at noon."""
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=100_000)
    if cards:
        await takes_cards(owner, cast.nordkai)
    return case_id, await come(visit, cast.negotiator, case_id, NOON)


async def form_for(debtor: httpx.AsyncClient, amount: str, method: str = "pm_1") -> dict[str, str]:
    """What the card form sends, once the processor has named the card."""
    page = await debtor.get("/claim/pay/card", params={"amount": amount})
    assert page.status_code == 200, page.text
    [token] = re.findall(r'name="token" value="([^"]+)"', page.text)
    return {"token": token, "amount": amount, "method": method, "kind": "card"}


async def pays(debtor: httpx.AsyncClient, form: dict[str, str]) -> str:
    """Send it, and read what became of it."""
    sent = await debtor.post("/claim/pay/card", data=form)
    assert sent.status_code == 303, sent.text
    return (await debtor.get(sent.headers["location"])).text


async def test_a_part_is_paid_once_however_often_the_form_is_sent(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, bank: Bank
) -> None:
    case_id, debtor = await at_the_page(cast, visit, owner)
    with clock.at(NOON):
        assert "1,000.00" in (await debtor.get("/claim/pay")).text
        form = await form_for(debtor, "250.00")
        told = await asyncio.gather(*(pays(debtor, form) for _ in range(3)))
        assert any("Paid. Thank you." in page for page in told)
        assert "750.00 is left" in (await pays(debtor, form)).replace("EUR", "").replace("\u00a0", " ").replace(
            "  ", " "
        )
    assert bank.taken_minor == 25_000 and len(bank.asked) == 1
    assert (await look(cast.owner.actor, case_id)).balance_minor == 75_000
    row = await owner.fetchrow("select channel, amount_minor, fee_minor from payments where case_id = $1", case_id)
    assert row is not None and tuple(row)[:2] == ("card", 25_000)
    assert await wrong(cast.nordkai.id) == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("declined insufficient_funds", "not enough money"),
        ("declined stolen_card", "only your bank can tell"),
        ("processing", "is under way"),
        ("action", "Confirm with your bank"),
        ("silent", "do not pay again"),
    ],
)
async def test_the_page_says_what_happened(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, bank: Bank, answer: str, said: str
) -> None:
    case_id, debtor = await at_the_page(cast, visit, owner)
    bank.says["pm_1"] = [answer, "ok"]
    with clock.at(NOON):
        form = await form_for(debtor, "1,000.00")
        assert said in await pays(debtor, form)
        fresh = await debtor.get("/claim/pay/card", params={"amount": "1,000.00"})
        assert ("under way" in fresh.text) is (not answer.startswith("declined"))
    assert (await look(cast.owner.actor, case_id)).balance_minor == 100_000
    if answer == "action":
        [intent_id] = bank.intents
        with clock.at(NOON + timedelta(minutes=2)):
            [attempt_id] = [
                row["id"] for row in await owner.fetch("select id from card_payments where case_id = $1", case_id)
            ]
            bank.settle(intent_id)
            assert "Paid. Thank you." in (await debtor.get(f"/claim/pay/result?payment={attempt_id}")).text
    if answer == "silent":
        with clock.at(NOON + timedelta(minutes=2)):
            assert "Paid. Thank you." in await pays(debtor, form), "sent again later, the same key is asked with"
        assert bank.taken_minor == 100_000
    assert await wrong(cast.nordkai.id) == []


async def test_a_second_payment_needs_a_word_while_the_first_is_under_way(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, bank: Bank
) -> None:
    _, debtor = await at_the_page(cast, visit, owner)
    bank.says["pm_1"] = ["processing"]
    with clock.at(NOON):
        await pays(debtor, await form_for(debtor, "400"))
        form = await form_for(debtor, "400", "pm_2")
        refused = await debtor.post("/claim/pay/card", data=form)
        assert refused.status_code == 422 and "want to pay once more" in refused.text and len(bank.asked) == 1
        assert "Paid. Thank you." in await pays(debtor, {**form, "again": "1"})


async def test_only_what_is_owed_and_not_disputed_is_taken_and_cards_are_not_tried_out(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, bank: Bank
) -> None:
    case_id, debtor = await at_the_page(cast, visit, owner)
    with clock.at(NOON):
        form = await form_for(debtor, "100")
        async with transaction(cast.negotiator.actor.scope):
            await dispute(cast.negotiator.actor, case_id, "defective", amount_minor=90_000)
        for amount, said in (
            ("200", "Not more than is owed"),
            ("1", "too little"),
            ("x", "not an amount"),
            ("", "fill"),
        ):
            wrong_one = await debtor.get("/claim/pay/card", params={"amount": amount})
            assert wrong_one.status_code == 422 and said in wrong_one.text, amount
            assert (await debtor.post("/claim/pay/card", data={**form, "amount": amount})).status_code == 422
        bank.says["pm_1"] = ["declined generic_decline"]
        for _ in range(MOST_FAILED):
            await pays(debtor, await form_for(debtor, "100"))
        stopped = await debtor.post("/claim/pay/card", data=await form_for(debtor, "100", "pm_2"))
        assert stopped.status_code == 422 and "Too many cards" in stopped.text
    assert bank.taken_minor == 0


async def test_without_a_processor_only_the_transfer_is_offered_and_nobody_sees_anothers_payment(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, bank: Bank
) -> None:
    _, debtor = await at_the_page(cast, visit, owner, cards=False)
    with clock.at(NOON):
        page = (await debtor.get("/claim/pay")).text
        assert "By bank transfer" in page and "Pay by card" not in page
        assert (await debtor.get("/claim/pay/card?amount=100")).status_code == 303
        await takes_cards(owner, cast.nordkai)
        card = await debtor.get("/claim/pay/card?amount=100")
        assert "https://js.stripe.com" in card.headers["content-security-policy"]
        assert "stripe" not in (await debtor.get("/claim/pay")).headers["content-security-policy"]
        sent = await debtor.post("/claim/pay/card", data=await form_for(debtor, "100"))
        stranger = await come(visit, cast.negotiator, await placed_case(cast.nordkai, cast.brandt), NOON)
        assert (await stranger.get(sent.headers["location"])).status_code == 404
        payment = sent.headers["location"].rpartition("=")[2]
        assert (await stranger.post("/claim/pay/give-up", data={"payment": payment})).status_code == 404


async def test_a_card_is_kept_with_consent_and_let_go_of(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, bank: Bank
) -> None:
    case_id, debtor = await at_the_page(cast, visit, owner)
    await running(cast.negotiator, case_id)
    bank.says["keep pm_1"] = ["action"]
    with clock.at(NOON):
        page = (await debtor.get("/claim/autopay")).text
        [token] = re.findall(r'name="token" value="([^"]+)"', page)
        form = {"token": token, "method": "pm_1", "kind": "card", "name": "Jana Müller"}
        assert (await debtor.post("/claim/autopay", data=form)).status_code == 422
        asked = await debtor.post("/claim/autopay", data={**form, "agrees": "1"})
        assert "Confirm with your bank" in asked.text
        [setup_id] = re.findall(r'name="setup" value="([^"]+)"', asked.text)
        bank.setups[setup_id] = replace(bank.setups[setup_id], status="succeeded")
        kept = await debtor.post("/claim/autopay", data={**form, "agrees": "1", "setup": setup_id})
        assert kept.status_code == 303, kept.text
        page = (await debtor.get("/claim/autopay")).text
        assert "Visa ···· pm_1" in page and "Next:" in page
        assert "Visa ···· pm_1" in (await debtor.get("/claim")).text
        assert (await debtor.post("/claim/autopay/end")).status_code == 303
        assert "data-card-element" in (await debtor.get("/claim/autopay")).text

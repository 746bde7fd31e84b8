"""The processor as the portal speaks to it, against the stand-in; secrets at rest; amounts as it counts them."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta

import pytest
import stripe

from billing.cards import vault
from billing.cards.accounts import Account
from billing.cards.objects import Declined, NotThere, NotUnderstood, as_ours, as_theirs
from billing.cards.processor import NotSetUp, processor_with
from billing.cards.stripe_client import BadSignature, read_event
from billing.cards.tables import AccountMode
from portal import clock
from portal.errors import Refused, Unanswered
from portal.identity import new_id
from portal.settings import Settings

CONNECTED = Account(AccountMode.CONNECTED, "acct_1", "", "", "", ("card",), is_on=True)


async def test_money_is_taken_refused_and_given_back(paid_there: Settings) -> None:
    processor = processor_with(CONNECTED)
    ours, again = new_id(), new_id()
    customer = await processor.create_customer(ours, "Nordwind GmbH")
    begun = await processor.create_intent(ours, 50_000, "EUR", ["card"], customer_id=customer, keep=True)
    assert (begun.status, begun.ours, begun.currency, begun.amount_minor) == (
        "requires_payment_method", str(ours), "EUR", 50_000,
    )  # fmt: skip
    taken = await processor.charge_off_session(
        again, 12_000, "EUR", customer_id=customer, method_id="pm_card_visa", kind="card"
    )
    seen = await processor.fetch_intent(taken.id)
    assert (seen.status, seen.ours) == ("succeeded", str(again))
    assert seen.method is not None and (seen.method.brand, seen.method.last4) == ("visa", "4242")
    assert seen.charge is not None and seen.charge.transaction is not None
    assert (seen.charge.transaction.amount_minor, seen.charge.transaction.currency) == (12_000, "EUR")
    with pytest.raises(Declined) as declined:
        await processor.charge_off_session(
            new_id(), 12_000, "EUR", customer_id=customer, method_id="pm_card_chargeCustomerFail", kind="card"
        )
    assert declined.value.code == "card_declined"
    back = await processor.refund(new_id(), seen.charge.id, 2_000, "EUR")
    assert (back.status, back.amount_minor, back.charge_id) == ("succeeded", 2_000, seen.charge.id)
    setup = await processor.create_setup(new_id(), customer, ["card"])
    assert (await processor.fetch_setup(setup.id)).customer_id == customer
    events = await processor.list_events(datetime.now(UTC) - timedelta(hours=1))
    assert taken.id in [event.object_id for event in events if event.type == "payment_intent.succeeded"]
    assert (await processor.cancel_intent(begun.id)).status == "canceled"
    await processor.try_out()
    with pytest.raises(NotThere):
        await processor.fetch_refund("re_nobody")


async def test_a_processor_that_is_away_is_unanswered_and_none_without_a_key(
    paid_there: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from billing import cards

    cards.configure(dataclasses.replace(paid_there, stripe_api_base="http://127.0.0.1:9"))
    with pytest.raises(Unanswered):
        await processor_with(dataclasses.replace(CONNECTED)).fetch_intent("pi_1")
    cards.configure(dataclasses.replace(paid_there, stripe_secret_key=None))
    for account in (None, CONNECTED, dataclasses.replace(CONNECTED, mode=AccountMode.OWN)):
        with pytest.raises(NotSetUp):
            processor_with(account)


def test_only_what_the_processor_signed_a_moment_ago_is_an_event() -> None:
    body = json.dumps({
        "id": "evt_1", "type": "charge.refunded", "created": 1_790_000_000, "account": "acct_1",
        "data": {"object": {"id": "ch_1", "object": "charge"}},
    })  # fmt: skip
    now = datetime(2026, 11, 26, 9, tzinfo=UTC)
    signed = stripe.WebhookSignature.generate_signature_header(body, "whsec_a", int(now.timestamp()))
    with clock.at(now + timedelta(seconds=299)):
        event = read_event(body.encode(), signed, "whsec_a")
        assert (event.id, event.object_id, event.account_id) == ("evt_1", "ch_1", "acct_1")
        for forged in (
            (body.encode(), signed, "whsec_b"),
            (body.replace("ch_1", "ch_2").encode(), signed, "whsec_a"),
            (body.encode(), "", "whsec_a"),
            (body.encode(), signed, ""),
            (b"\xff", signed, "whsec_a"),
            (b"[]", stripe.WebhookSignature.generate_signature_header("[]", "whsec_a"), "whsec_a"),
        ):
            with pytest.raises(BadSignature):
                read_event(*forged)
    with clock.at(now + timedelta(seconds=301)), pytest.raises(BadSignature):
        read_event(body.encode(), signed, "whsec_a")


def test_secrets_open_under_any_key_and_are_sealed_under_the_newest(settings: Settings) -> None:
    agency, other = new_id(), new_id()
    vault.configure(settings)
    sealed = vault.seal(agency, "sk_live_1")
    vault.configure(dataclasses.replace(settings, payment_keys=("n" * 32, "o" * 32)))
    assert vault.unseal(agency, sealed) == "sk_live_1"
    newest = vault.seal(agency, "sk_live_2")
    with pytest.raises(RuntimeError):
        vault.unseal(other, newest)
    vault.configure(dataclasses.replace(settings, payment_keys=("o" * 32,)))
    with pytest.raises(RuntimeError):
        vault.unseal(agency, newest)
    vault.configure(settings)
    assert vault.seal(agency, "") == ""
    assert vault.unseal(agency, "") == ""


@pytest.mark.parametrize(
    ("ours", "theirs", "currency"),
    [(1234, 1234, "EUR"), (500, 500, "JPY"), (500, 50_000, "ISK"), (12_300, 123, "MGA"), (1_230, 1_230, "KWD")],
)
def test_amounts_are_told_as_the_processor_counts_them(ours: int, theirs: int, currency: str) -> None:
    assert as_theirs(ours, currency) == theirs
    assert as_ours(theirs, currency) == ours


def test_amounts_that_it_cannot_count_are_refused() -> None:
    for amount, currency in ((1_234, "KWD"), (12_345, "MGA")):
        with pytest.raises(Refused):
            as_theirs(amount, currency)
    with pytest.raises(NotUnderstood):
        as_ours(50_001, "ISK")

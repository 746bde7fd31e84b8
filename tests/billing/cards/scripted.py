"""A processor that says what a test tells it, in objects of the published shapes, and fails when it is told to."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import stripe

from billing.cards import processor, vault
from billing.cards.objects import (
    Charge,
    Dispute,
    Event,
    Intent,
    NotThere,
    Payout,
    Refund,
    Rejected,
    Transaction,
)  # fmt: skip
from billing.cards.reading import (
    OURS,
    charge_of,
    dispute_of,
    event_of,
    intent_of,
    payout_of,
    refund_of,
    transaction_of,
)  # fmt: skip
from portal import clock
from portal.identity import new_id
from tests.cases.casework import MONDAY, placed_case
from tests.people import Cast

EXAMPLES = json.loads((Path(__file__).parents[2] / "data" / "stripe.json").read_text())["objects"]
SOON = MONDAY.replace(hour=12)
SECRET = "whsec_of_nordkai"
Example = dict[str, Any]


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def example(kind: str, **changes: Any) -> Example:
    """A published example object, changed in some fields."""
    return {**EXAMPLES[kind], "created": seconds(SOON), **changes}


class Scripted:
    """Holds objects as the processor would, by id. ``faults`` are raised once each, by the name of the call."""

    def __init__(self) -> None:
        self.objects: dict[str, Example] = {}
        self.lines: dict[str, list[Example]] = {}
        self.events: list[Example] = []
        self.faults: defaultdict[str, list[BaseException]] = defaultdict(list)
        self.asked: list[str] = []

    def paid(
        self,
        ours: UUID,
        amount: int = 50_000,
        fee: int | None = 770,
        *,
        currency: str = "eur",
        name: str = "",
        kind: str = "card",
        at: datetime = SOON,
        kept_in: str = "",
    ) -> str:
        """A payment that succeeded; gives the intent's id. ``fee`` None: its balance transaction is not there yet."""
        key = name or ours.hex[-12:]
        moved = None if fee is None else example(
            "balance_transaction", id=f"txn_{key}", amount=amount, fee=fee, net=amount - fee, currency=kept_in or currency,
            source=f"ch_{key}", type="charge", created=seconds(at),
        )  # fmt: skip
        charge = example(
            "charge", id=f"ch_{key}", amount=amount, currency=currency, payment_intent=f"pi_{key}", status="succeeded",
            paid=True, balance_transaction=moved, created=seconds(at), amount_refunded=0,
        )  # fmt: skip
        method = {"id": f"pm_{key}", "object": "payment_method", "type": kind, kind: {"brand": "visa", "last4": "4242"}}
        self.objects[f"ch_{key}"] = charge
        self.objects[f"pi_{key}"] = example(
            "payment_intent", id=f"pi_{key}", amount=amount, currency=currency, status="succeeded", latest_charge=charge,
            payment_method=method, metadata={OURS: str(ours)}, created=seconds(at),
        )  # fmt: skip
        return f"pi_{key}"

    def unpaid(self, ours: UUID, status: str, amount: int = 50_000, error: Example | None = None) -> str:
        """A payment that is not money yet; gives the intent's id."""
        intent = f"pi_{ours.hex[-12:]}"
        self.objects[intent] = example(
            "payment_intent", id=intent, amount=amount, currency="eur", status=status, metadata={OURS: str(ours)},
            last_payment_error=error,
        )  # fmt: skip
        return intent

    def disputed(self, charge: str, status: str = "needs_response", *moved: tuple[int, int], **changes: Any) -> str:
        """A chargeback of a charge, with what it moved: amounts and fees."""
        dispute = f"dp_{charge[3:]}"
        self.objects[dispute] = example(
            "dispute", id=dispute, charge=charge, status=status, reason="fraudulent",
            **{"currency": "eur", "amount": self.objects[charge]["amount"], **changes},
            balance_transactions=[
                example("balance_transaction", id=f"txn_{dispute}_{n}", amount=amount, fee=fee, currency="eur",
                        net=amount - fee, source=dispute, type="adjustment", created=seconds(clock.now()))
                for n, (amount, fee) in enumerate(moved)
            ],
        )  # fmt: skip
        return dispute

    def refunded(self, charge: str, amount: int, status: str = "succeeded", ours: str = "", name: str = "1") -> str:
        """A refund; gives its id."""
        refund = f"re_{charge[3:]}_{name}"
        self.objects[refund] = example(
            "refund", id=refund, charge=charge, amount=amount, currency="eur", status=status, metadata={OURS: ours},
            created=seconds(clock.now()), failure_reason="expired_or_canceled_card" if status == "failed" else None,
        )  # fmt: skip
        return refund

    def _said(self, call: str, name: str) -> Any:
        self.asked.append(f"{call} {name}")
        if self.faults[call]:
            raise self.faults[call].pop(0)
        if name not in self.objects:
            raise NotThere("resource_missing", name)
        kinds = {"pi": stripe.PaymentIntent, "ch": stripe.Charge, "re": stripe.Refund, "dp": stripe.Dispute,
                 "po": stripe.Payout}  # fmt: skip
        return kinds[name[:2]].construct_from(self.objects[name], "sk_test_scripted")

    async def fetch_intent(self, intent_id: str) -> Intent:
        return intent_of(self._said("fetch_intent", intent_id))

    async def fetch_charge(self, charge_id: str) -> Charge:
        return charge_of(self._said("fetch_charge", charge_id))

    async def fetch_refund(self, refund_id: str) -> Refund:
        return refund_of(self._said("fetch_refund", refund_id))

    async def list_refunds(self, charge_id: str) -> list[Refund]:
        mine = [one for name, one in self.objects.items() if name.startswith("re_") and one["charge"] == charge_id]
        return [refund_of(stripe.Refund.construct_from(one, "sk_test_scripted")) for one in mine]

    async def refund(self, ours: UUID, charge_id: str, amount_minor: int, currency: str) -> Refund:
        self.refunded(charge_id, amount_minor, ours=str(ours), name=ours.hex[-6:])
        return refund_of(self._said("refund", f"re_{charge_id[3:]}_{ours.hex[-6:]}"))

    async def fetch_dispute(self, dispute_id: str) -> Dispute:
        return dispute_of(self._said("fetch_dispute", dispute_id))

    async def fetch_payout(self, payout_id: str) -> Payout:
        return payout_of(self._said("fetch_payout", payout_id))

    async def list_payout(self, payout_id: str) -> list[Transaction]:
        kind = stripe.BalanceTransaction
        return [transaction_of(kind.construct_from(one, "sk_test_scripted")) for one in self.lines[payout_id]]

    async def list_events(self, since: datetime) -> list[Event]:
        if self.faults["list_events"]:
            raise self.faults["list_events"].pop(0)
        return [event_of(stripe.Event.construct_from(one, "sk_test_scripted")) for one in self.events]

    async def cancel_intent(self, intent_id: str) -> Intent:
        if self.objects[intent_id]["status"] == "succeeded":
            raise Rejected("payment_intent_unexpected_state", "it succeeded")
        self.objects[intent_id] = {**self.objects[intent_id], "status": "canceled"}
        return intent_of(self._said("cancel_intent", intent_id))

    async def try_out(self) -> None:
        if self.faults["try_out"]:
            raise self.faults["try_out"].pop(0)


def event(kind: str, object_id: str, name: str, at: datetime = SOON, account: str = "") -> Example:
    """Word of an object, as the processor writes it."""
    subject = {"id": object_id, "object": kind.rpartition(".")[0].rpartition(".")[2]}
    return example("event", id=f"evt_{name}", type=kind, data={"object": subject}, created=seconds(at), account=account)


def signed(said: Example, secret: str = SECRET, at: datetime | None = None) -> tuple[str, dict[str, str]]:
    """The body and the headers in which an event arrives."""
    body = json.dumps(said)
    stamp = seconds(at or clock.now())
    signature = stripe.WebhookSignature.generate_signature_header(body, secret, stamp)
    return body, {"stripe-signature": signature, "content-type": "application/json"}


async def set_up(owner: asyncpg.Connection, cast: Cast) -> None:
    """Give the agency an account with keys of its own."""
    await owner.execute(
        "insert into processor_accounts (id, agency_id, mode, publishable_key, secret_key, webhook_secret, is_on, changed_at)"
        " values ($1, $2, 'own', 'pk_test_nordkai', $3, $4, true, $5)",
        *(
            new_id(),
            cast.nordkai.id,
            vault.seal(cast.nordkai.id, "sk_test_nordkai"),
            vault.seal(cast.nordkai.id, SECRET),
        ),
        MONDAY,
    )


async def attempted(
    owner: asyncpg.Connection,
    cast: Cast,
    amount: int = 50_000,
    *,
    case_id: UUID | None = None,
    intent: str | None = None,
) -> tuple[UUID, UUID]:
    """An attempt to take money on a case that owes 1,200.00; gives the attempt's id and the case's."""
    case_id = case_id or await placed_case(cast.nordkai, cast.brandt, amount_minor=120_000)
    ours = new_id()
    await owner.execute(
        "insert into card_payments (id, agency_id, client_id, case_id, token, currency, amount_minor, intent_id, created_at,"
        " changed_at) values ($1, $2, $3, $4, $5, 'EUR', $6, $7, $8, $8)",
        *(ours, cast.nordkai.id, cast.brandt.id, case_id, new_id(), amount, intent, SOON),
    )
    return ours, case_id


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """The processor of every agency, for this test."""
    one = Scripted()

    async def found(agency_id: UUID) -> Scripted:
        return one

    monkeypatch.setattr(processor, "processor_of", found)
    return one

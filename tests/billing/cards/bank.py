"""A processor whose answers a test writes: what each method says when it is asked for money, and what was asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from billing.cards import accounts, processor
from billing.cards.methods import Consent, keep, set_up
from billing.cards.objects import Charge, Declined, Given, Intent, Method, Setup, Transaction
from portal import clock
from portal.errors import Unanswered
from portal.identity import new_id
from portal.people.actor import Actor
from portal.tenancy.database import transaction
from tests.billing.money import NOON
from tests.people import Agency

FEE = 30


@dataclass
class Bank:
    """``says["pm_1"] = ["declined insufficient_funds", "ok"]``: its answers in turn; the last one stays.

    ok, processing, action (the debtor confirms), ``declined CODE``, silent (nothing is known of the asking), lost (the
    money is taken, and the answer never arrives).
    """

    says: dict[str, list[str]] = field(default_factory=lambda: defaultdict(lambda: ["ok"]))
    intents: dict[str, Intent] = field(default_factory=dict)
    by_key: dict[UUID, str] = field(default_factory=dict)
    setups: dict[str, Setup] = field(default_factory=dict)
    asked: list[tuple[UUID, int, str]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    @property
    def taken_minor(self) -> int:
        """What this processor has taken in all."""
        return sum(intent.amount_minor for intent in self.intents.values() if intent.status == "succeeded")

    async def create_customer(self, ours: UUID, name: str) -> str:
        return f"cus_{ours.hex[:10]}"

    async def create_intent(
        self, ours: UUID, amount_minor: int, currency: str, methods: Sequence[str], *, given: Given | None = None,
        **_: Any,
    ) -> Intent:  # fmt: skip
        assert given is not None
        return self._take(ours, amount_minor, currency, given.method_id)

    async def charge_off_session(
        self, ours: UUID, amount_minor: int, currency: str, *, customer_id: str, method_id: str, kind: str
    ) -> Intent:
        return self._take(ours, amount_minor, currency, method_id)

    def _take(self, ours: UUID, amount_minor: int, currency: str, method_id: str) -> Intent:
        self.asked.append((ours, amount_minor, method_id))
        if ours in self.by_key:
            return self.intents[self.by_key[ours]]
        answers = self.says[method_id]
        said = answers.pop(0) if len(answers) > 1 else answers[0]
        if said == "silent":
            raise Unanswered("silent")
        intent_id = f"pi_{ours.hex[-12:]}"
        word, _, code = said.partition(" ")
        status = {"ok": "succeeded", "lost": "succeeded", "action": "requires_action", "processing": "processing"}.get(
            word, "requires_payment_method"
        )
        made = Intent(intent_id, status, currency, amount_minor, f"{intent_id}_secret", str(ours), failure_code=code)
        self.intents[intent_id] = self._charged(made, method_id)
        self.by_key[ours] = intent_id
        if word == "declined":
            raise Declined(code, "The bank said no.", intent_id)
        if word == "lost":
            raise Unanswered("lost")
        return self.intents[intent_id]

    def _charged(self, made: Intent, method_id: str) -> Intent:
        method = Method(method_id, "card", "visa", method_id[-4:], "2030-12")
        if made.status != "succeeded":
            return replace(made, method=method)
        now, charge_id = clock.now(), made.id.replace("pi_", "ch_")
        moved = Transaction(f"txn_{charge_id}", "charge", made.currency, made.amount_minor, FEE, charge_id, now)
        charge = Charge(charge_id, made.id, made.currency, made.amount_minor, 0, "succeeded", now, moved)
        return replace(made, method=method, charge=charge)

    def settle(self, intent_id: str, failure_code: str = "") -> None:
        """What was under way, or waited for the debtor, comes through or fails."""
        made = self.intents[intent_id]
        status = "requires_payment_method" if failure_code else "succeeded"
        assert made.method is not None
        self.intents[intent_id] = self._charged(replace(made, status=status, failure_code=failure_code), made.method.id)

    async def fetch_intent(self, intent_id: str) -> Intent:
        return self.intents[intent_id]

    async def cancel_intent(self, intent_id: str) -> Intent:
        self.intents[intent_id] = replace(self.intents[intent_id], status="canceled")
        return self.intents[intent_id]

    async def create_setup(self, ours: UUID, customer_id: str, methods: Sequence[str]) -> Setup:
        made = Setup(f"seti_{ours.hex[-12:]}", "requires_payment_method", "secret", customer_id, ours=str(ours))
        self.setups[made.id] = made
        return made

    async def confirm_setup(self, setup_id: str, given: Given) -> Setup:
        method = Method(given.method_id, "card", "visa", given.method_id[-4:], "2030-12")
        said = self.says[f"keep {given.method_id}"][0]
        status = "succeeded" if said == "ok" else "requires_action"
        self.setups[setup_id] = replace(self.setups[setup_id], status=status, method=method)
        return self.setups[setup_id]

    async def fetch_setup(self, setup_id: str) -> Setup:
        return self.setups[setup_id]

    async def forget_method(self, method_id: str) -> None:
        self.forgotten.append(method_id)


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Bank:
    """Every agency's processor in this test."""
    made = Bank()
    monkeypatch.setattr(processor, "processor_with", lambda _: made)
    monkeypatch.setattr(accounts, "_platform", ["pk_test_of_the_platform"])
    return made


async def takes_cards(owner: asyncpg.Connection, agency: Agency) -> None:
    """The agency takes cards from now on."""
    await owner.execute(
        "insert into processor_accounts (id, agency_id, mode, account_id, is_on, changed_at)"
        " values ($1, $2, 'connected', $3, true, $4)",
        *(new_id(), agency.id, f"acct_{agency.id.hex[-12:]}", clock.now()),
    )


async def saved(debtor: Actor, method_id: str, at: datetime = NOON) -> None:
    """The debtor lets a card be kept."""
    token, address = new_id(), "203.0.113.7"
    with clock.at(at):
        setup = await set_up(debtor, token, Given(method_id, "card", address, "a browser"))
        assert setup.method is not None
        async with transaction(debtor.scope):
            consent = Consent(name="Jana Müller", agrees=True, words=f"I allow {debtor.agency_name} …", address=address)
            await keep(debtor, setup, setup.method, consent)

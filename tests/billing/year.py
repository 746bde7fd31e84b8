"""The year of the money rules: its agency, clients and claims, who does what in it, and what it is held against."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from billing.bank.accounts import OwnAccount
from billing.bank.matching.by_hand import name
from billing.exchange.quotes import quote
from billing.fees.agreements import agree, flat
from billing.remittance.approve import approve
from billing.remittance.draft import prepare, review
from cases.clients import Terms, take_on
from portal import clock
from portal.ledger.tables import Component
from portal.mail import postbox
from portal.people.actor import Actor
from portal.people.permissions import Role
from portal.settings import Settings
from portal.storage import store
from portal.tenancy.database import transaction
from tests.billing.bank.matching.arriving import said, told
from tests.billing.money import NOON
from tests.billing.remitting import PROOF
from tests.billing.trade import VECTORS, Table
from tests.cases.intake.handing import placed_by_a_system
from tests.people import Cast, Client, joined

CLAIMS = {
    "C1": {"K1": "1200.00", "K5": "240.00", "K7": "1000.00", "K8": "500.00"},
    "C2": {"K2": "1000.00", "K4": "75.00"},
    "C3": {"K3": "1000.00"},
    "C4": {"K6": "1000.00"},
}
PLACED_BY = {"K1": 1, "K2": 6, "K3": 11, "K4": 12, "K5": 13, "K6": 14, "K7": 15, "K8": 16}
"""The events that the claims come with."""
DEBTORS = dict(
    zip(PLACED_BY, ("Amber", "Basalt", "Cobalt", "Dorado", "Ember", "Fjord", "Garnet", "Harbour"), strict=True)
)
METHODS = {"C1": "net", "C2": "gross", "C3": "net", "C4": "net"}
NO_FEE_ON_COSTS = (Component.PRINCIPAL, Component.INTEREST)


@dataclass
class Year:
    """The agency, its four clients and their eight claims, and a day that only goes on."""

    cast: Cast
    settings: Settings
    table: Table
    clients: dict[str, Client]
    claims: dict[str, UUID]
    day: int = 0

    @property
    def now(self) -> datetime:
        """Noon of the day."""
        return NOON + timedelta(days=self.day)

    @property
    def today(self) -> date:
        """The day at the agency."""
        return self.now.date()

    async def does(self, actor: Actor, do: Callable[..., Awaitable[Any]], *args: Any, **more: Any) -> Any:
        """Somebody does something, in a transaction of its own."""
        with clock.at(self.now):
            async with transaction(actor.scope):
                return await do(actor, *args, **more)

    async def finance(self, do: Callable[..., Awaitable[Any]], *args: Any, **more: Any) -> Any:
        """Finance does it."""
        return await self.does(self.cast.finance.actor, do, *args, **more)

    async def bank_says(self, account: OwnAccount, minor: int, as_what: str, text: str = "", note: str = "") -> None:
        """The bank tells of a line, and finance says what it is."""
        with clock.at(self.now):
            [line] = await told(self.cast.finance, account, said(minor, text, on=self.today))
        await self.finance(name, line, as_what, note)

    async def run(self, currency: str = "GBP", rate: str = "") -> tuple[UUID, UUID]:
        """A run that one prepares and another approves; gives it and its only statement."""
        run_id = await self.finance(prepare, currency, self.today)
        if rate:
            await self.finance(quote, run_id, "GBP", Decimal(rate), "Kontor Bank", self.now)
        await self.finance(review, run_id)
        await self.does(self.cast.second_finance.actor, approve, run_id, PROOF, self.settings.secret_key)
        [statement] = await self.table.owner.fetch("select id from statements where run_id = $1", run_id)
        return run_id, statement["id"]


async def begun(cast: Cast, owner: asyncpg.Connection, settings: Settings) -> Year:
    """Clients taken on by their terms and fees, and the claims that their systems placed."""
    store.configure(settings)
    postbox.configure(settings)
    found = Year(cast, settings, Table(owner, cast.nordkai.id), {}, {})
    for client, claims in CLAIMS.items():
        terms = Terms(
            name=f"Client {client}", vat_treatment="standard", vat_rate=Decimal(VECTORS["vat"]),
            remittance_method=METHODS[client], remittance_floor_minor=0,
            payout_currencies="USD>GBP" if client == "C4" else "",
        )  # fmt: skip
        client_id = await found.does(cast.owner.actor, take_on, terms)
        rule = flat(Decimal(VECTORS["fee"][client]), NO_FEE_ON_COSTS)
        await found.does(cast.owner.actor, agree, client_id, [rule], date(2026, 3, 1))
        found.clients[client] = Client(client_id, cast.nordkai.id, terms.name)
        await _places(found, found.clients[client], claims)
    found.table.names = {one.id: name for name, one in found.clients.items()}
    found.table.names |= {case_id: name for name, case_id in found.claims.items()}
    return found


async def _places(year: Year, client: Client, claims: dict[str, str]) -> None:
    """A client's system places its claims."""
    submitter = await joined(year.table.owner, "submitter", year.cast.nordkai, Role.SUBMITTER, client)
    with clock.at(year.now):
        await placed_by_a_system(submitter.actor, [_claim(name, amount) for name, amount in claims.items()])
    rows = await year.table.owner.fetch("select id, reference from cases where client_id = $1", client.id)
    year.claims |= {row["reference"]: row["id"] for row in rows}


def _claim(name: str, amount: str) -> dict[str, Any]:
    """A claim of one invoice."""
    return {
        "reference": name,
        "debtor": {
            "kind": "company",
            "name": f"{DEBTORS[name]} Works Ltd",
            "address": {"street": "1 High St", "postal_code": "SW1A 1AA", "city": "London", "country": "GB"},
        },
        "currency": "USD" if name == "K6" else "GBP",
        "invoices": [{"number": f"RE-{name}", "issued_on": "2026-06-01", "due_on": "2026-07-01", "amount": amount}],
    }

"""The beginnings: two agencies with their people, clients, agreements, queues, and the rates of exchange."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import asyncpg

from billing.fees.agreements import agree
from billing.fees.terms import Rule, Tier
from billing.short.rules import Bearer
from billing.short.terms import set_terms
from cases.clients import Terms, take_on
from cases.queues.setup import open_queue
from portal.identity import new_id
from portal.people import passwords
from portal.people.actor import Actor
from portal.people.agencies import found
from portal.people.agency_settings import change_settings, load_settings
from portal.people.agency_time import agency_day
from portal.people.permissions import Role
from portal.people.users import add_member
from portal.sample.cast import PASSWORD, AgencyPlan, ClientPlan, Person
from portal.sample.hours import months_back
from portal.settings import Settings
from portal.tenancy.database import NOBODY, transaction

MONTHS = 9
"""The agencies began so many months ago, before the first placement."""

RATES: Mapping[str, tuple[str, ...]] = {
    "USD": ("1.1482", "1.1537", "1.1611", "1.1574", "1.1698", "1.1655", "1.1620", "1.1594", "1.1573", "1.1582"),
    "GBP": ("0.8421", "0.8445", "0.8498", "0.8532", "0.8561", "0.8607", "0.8640", "0.8672", "0.8698", "0.8706"),
    "CNY": ("8.2960", "8.3110", "8.3350", "8.3020", "8.3480", "8.3105", "8.2870", "8.2605", "8.2490", "8.2410"),
}
"""What one euro was worth at the beginning of each month, the oldest first. Invented."""


def rate_between(currency: str, target: str, months_ago: int) -> Decimal:
    """What one of a currency was worth in another at the beginning of a month, to four decimals."""
    per_euro = {name: Decimal(rates[-1 - min(months_ago, MONTHS)]) for name, rates in RATES.items()} | {
        "EUR": Decimal(1)
    }
    return (per_euro[target] / per_euro[currency]).quantize(Decimal("0.0001"))


@dataclass(frozen=True, slots=True)
class Office:
    """An agency that was founded, and everybody in it as the domain functions take them."""

    plan: AgencyPlan
    system: Actor
    people: Mapping[str, Actor]
    """By e-mail."""
    clients: Mapping[str, UUID]
    """By the plan's key."""

    def one(self, role: Role, place: int = 0) -> Actor:
        """One of the agency's own people in a role; beyond the last the first again."""
        those = self.plan.with_role(role)
        return self.people[those[place % len(those)].email]

    def of(self, client: ClientPlan, role: Role) -> Actor:
        """A client's person in a role."""
        return next(self.people[person.email] for person in client.people if person.role is role)


async def note_rates(settings: Settings, today: date) -> None:
    """Write rates of exchange down, as the owner of the table: no role the portal runs as may."""
    owner = await asyncpg.connect(settings.owner_url)
    try:
        rows = [
            (new_id(), currency, months_back(today, len(rates) - 1 - place), Decimal(rate), "sample rates")
            for currency, rates in RATES.items()
            for place, rate in enumerate(rates)
        ]
        await owner.executemany(
            'insert into exchange_rates (id, currency, "on", per_euro, source) values ($1, $2, $3, $4, $5)'
            ' on conflict (currency, "on") do nothing',
            rows,
        )
    finally:
        await owner.close()


async def found_office(plan: AgencyPlan, today: date) -> Office:
    """Found an agency with everything it had before the first placement.

    Raises:
        Refused: there is another agency of its name already.
    """
    hashed = await passwords.hash_password(PASSWORD)
    async with transaction(NOBODY):
        agency = await found(
            slug=plan.slug,
            name=plan.name,
            language=plan.language,
            time_zone=plan.time_zone,
            base_currency=plan.base_currency,
            is_sample=True,
        )
        system = agency.actor
        people = {person.email: await _member(system, plan, person, hashed) for person in plan.people}
        owner = people[plan.with_role(Role.OWNER)[0].email]
        bare = await load_settings(owner)
        letterhead = replace(bare, licence=plan.licence, address=plan.address, vat_number=plan.vat_number)
        await change_settings(owner, letterhead, bare)
        await open_queue(owner, plan.queue)
        clients: dict[str, UUID] = {}
        for client in plan.clients:
            clients[client.key] = await _take_on(owner, client, today)
            for person in client.people:
                people[person.email] = await _member(system, plan, person, hashed, client, clients[client.key])
    return Office(plan, system, people, clients)


async def _take_on(owner: Actor, client: ClientPlan, today: date) -> UUID:
    terms = Terms(
        name=client.name,
        country=client.country,
        language=client.language,
        time_zone=client.time_zone,
        address=client.address,
        vat_number=client.vat_number,
        vat_treatment=client.vat_treatment,
        vat_rate=Decimal(client.vat_rate),
        terms_days=client.terms_days,
        remittance_method=client.method,
        payout_currencies=client.paid_in,
    )
    client_id = await take_on(owner, terms)
    if client.short_up_to:
        since = await agency_day(owner)
        await set_terms(owner, client_id, Bearer.AGENCY, Decimal(client.short_up_to), {}, since)
    for fees in client.fees:
        tiers = tuple(Tier(bound, Decimal(rate)) for bound, rate in fees.tiers)
        last = Rule(tiers=tiers, basis=fees.basis)
        await agree(owner, client_id, (last,), months_back(today, fees.months_ago))
    return client_id


async def _member(
    system: Actor,
    plan: AgencyPlan,
    person: Person,
    hashed: str,
    client: ClientPlan | None = None,
    client_id: UUID | None = None,
) -> Actor:
    language = client.language if client else plan.language
    zone = client.time_zone if client else plan.time_zone
    user_id, membership_id = await add_member(
        system, person.email, person.name, hashed, person.role, client_id, language, zone
    )
    return Actor(
        kind="user",
        agency_id=system.agency_id,
        agency_name=plan.name,
        base_currency=plan.base_currency,
        role=person.role,
        user_id=user_id,
        name=person.name,
        email=person.email,
        client_id=client_id,
        client_name=client.name if client else "",
        membership_id=membership_id,
        language=language,
        time_zone=zone,
        is_sample=True,
    )

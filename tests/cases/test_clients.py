"""Taking on clients."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from cases.clients import Terms, add_client, list_clients, load_client, take_on
from portal.errors import Forbidden, NotFound, Refused
from portal.tenancy.database import transaction
from tests.people import Cast, Person

TERMS = Terms(
    name="Vermeulen & Zn. B.V.",
    country="NL",
    time_zone="Europe/Amsterdam",
    vat_number="NL123456789B01",
    vat_treatment="reverse_charge",
    address="Keizersgracht 1\nAmsterdam",
)


async def taken_on(person: Person, terms: Terms = TERMS) -> Any:
    async with transaction(person.actor.scope):
        return await load_client(person.actor, await take_on(person.actor, terms))


async def test_a_client_is_kept_with_its_terms(cast: Cast, owner: asyncpg.Connection) -> None:
    client = await taken_on(cast.owner)
    assert (client.name, client.country, client.vat_treatment, client.statement_prefix) == (
        TERMS.name, "NL", "reverse_charge", "VZB",
    )  # fmt: skip
    event = await owner.fetchrow("select * from audit_events where subject_id = $1", client.id)
    assert event is not None
    assert event["action"] == "client.added"
    assert "DE89" not in event["facts"] + event["after"]


async def test_statement_prefixes_are_never_shared(cast: Cast) -> None:
    names = ("Böhm & Söhne", "Bauer Schmidt", "上海贸易有限公司", "北京贸易")
    prefixes = [(await taken_on(cast.owner, replace(TERMS, name=name))).statement_prefix for name in names]
    assert prefixes == ["BS", "BS2", "C", "C2"]


async def test_two_at_once_do_not_take_the_same_client_on_twice(cast: Cast) -> None:
    results = await asyncio.gather(taken_on(cast.owner), taken_on(cast.owner), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["ClientFile", "Refused"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "BRANDT & SÖHNE"}, "name"),
        ({"country": "XX"}, "country"),
        ({"language": "fr"}, "language"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"remittance_method": "cash"}, "remittance_method"),
        ({"remittance_cycle": "daily"}, "remittance_cycle"),
        ({"allocation": "principal"}, "allocation"),
        ({"terms_days": -1}, "terms_days"),
        ({"remittance_floor_minor": -1}, "floor"),
        ({"vat_treatment": "standard"}, "vat_rate"),
        ({"vat_rate": Decimal("0.19")}, "vat_rate"),
    ],
)
async def test_terms_that_will_not_do_are_refused(cast: Cast, change: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        await taken_on(cast.owner, replace(TERMS, **change))
    assert refused.value.field == field


async def test_only_the_owner_takes_clients_on(cast: Cast) -> None:
    for name in ("manager", "negotiator", "finance", "auditor", "brandt_admin"):
        with pytest.raises(Forbidden):
            await taken_on(getattr(cast, name))


async def test_clients_of_another_agency_and_siblings_are_not_found(cast: Cast) -> None:
    for person in (cast.huadong_owner, cast.lanting_admin):
        with pytest.raises(NotFound):
            async with transaction(person.actor.scope, read_only=True):
                await load_client(person.actor, cast.brandt.id)
    async with transaction(cast.brandt_viewer.actor.scope, read_only=True):
        assert (await load_client(cast.brandt_viewer.actor, cast.brandt.id)).name == cast.brandt.name


async def test_the_list_goes_on_where_the_page_ended(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cases.clients.PAGE", 1)
    actor = cast.manager.actor
    async with transaction(actor.scope, read_only=True):
        first, more = await list_clients(actor)
        second, end = await list_clients(actor, (first[-1].name, first[-1].id))
    assert ([line.name for line in first + second], more, end) == ([cast.brandt.name, cast.lanting.name], True, False)


async def test_the_operator_adds_a_client_by_the_agencys_slug(cast: Cast) -> None:
    added = await add_client(agency=cast.nordkai.slug, name="Cascade Ridge")
    async with transaction(cast.owner.actor.scope, read_only=True):
        client = await load_client(cast.owner.actor, added.id)
    assert (client.name, client.time_zone) == ("Cascade Ridge", "Europe/Berlin")
    with pytest.raises(NotFound):
        await add_client(agency="nowhere-at-all", name="Cascade Ridge")

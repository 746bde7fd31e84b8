"""Rules and cases for tests of acceptance."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg

from cases.acceptance import following, reminding
from cases.acceptance.rulebook import change, kept
from cases.acceptance.rules import DocumentRule, Rules
from cases.intake import rolling_back
from portal.jobs import work_off
from portal.people.actor import Actor
from portal.tenancy.database import transaction
from tests.cases.intake.handing import placed
from tests.cases.intake.placements import row
from tests.people import Client

JOBS = (following, reminding, rolling_back)
STRICT = Rules(minimums={"EUR": 100_00}, documents=(DocumentRule("contract", "EUR", 5_000_00),))
"""Nothing below 100.00, and a contract from 5,000.00 on."""


async def accept(actor: Actor, client: Client | None, rules: Rules | None) -> None:
    """Make rules the ones that are kept for a client, or by default."""
    client_id = client.id if client else None
    async with transaction(actor.scope):
        await change(actor, client_id, rules, await kept(actor, client_id))


async def doing(actor: Actor, act: Callable[..., Awaitable[Any]], *arguments: object, **named: object) -> Any:
    """Do one thing in a transaction of its own, and whatever jobs follow from it."""
    async with transaction(actor.scope):
        result = await act(actor, *arguments, **named)
    await work_off(agency_id=actor.agency_id)
    return result


async def three_cases(actor: Actor) -> Any:
    """A placement of a case that lacks a contract, one that is too small, and one that is as it should be."""
    amounts = ("8412.00", "50.00", "900.00")
    return await placed(actor, [row(number, PrincipalAmount=amount) for number, amount in enumerate(amounts)])


async def cases_of(owner: asyncpg.Connection, placement_id: UUID) -> list[asyncpg.Record]:
    """The cases of a placement in the order of its rows."""
    return list(await owner.fetch("select * from cases where placement_id = $1 order by number", placement_id))


async def lacks_of(owner: asyncpg.Connection, case_id: UUID) -> list[asyncpg.Record]:
    """What a case lacked, past the policies."""
    return list(await owner.fetch("select * from case_requirements where case_id = $1 order by code", case_id))

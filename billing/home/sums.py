"""The sums behind a client's home, made by the database from its indexes (see ``billing/sql/functions/recovery_*``)."""

from datetime import date, timedelta

from billing.home.recovery import Placed, Promised, Received
from portal.people.actor import Actor
from portal.tenancy.database import sql


async def placed(actor: Actor) -> list[Placed]:
    """What the client placed, by currency and month."""
    actor.require("recovery.read")
    return [Placed(**row) for row in await sql("select * from recovery_placed()")]


async def received(actor: Actor, today: date) -> list[Received]:
    """What came back, by currency, month of placement and month."""
    actor.require("recovery.read")
    monday = today - timedelta(days=today.weekday())
    return [Received(**row) for row in await sql("select * from recovery_received($1)", monday)]


async def promised(actor: Actor) -> list[Promised]:
    """What debtors promised, by currency and what became of it."""
    actor.require("recovery.read")
    return [Promised(**row) for row in await sql("select * from recovery_promised()")]

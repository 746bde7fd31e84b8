"""Our journals read by another program: beancount adds up every account itself, and says what it finds wrong."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from beancount import loader

from billing.books.beancount import beancount_text
from billing.books.journals import Period
from portal.people.actor import system
from portal.tenancy.database import transaction


async def told(agency_id: UUID, since: date, through: date) -> str:
    """The journals of a period as beancount text."""
    actor = system(agency_id)
    async with transaction(actor.scope, read_only=True):
        return "".join([piece async for piece in beancount_text(actor, Period(since, through))])


def found_wrong(text: str) -> list[str]:
    """What beancount finds wrong with a text: nothing, if every transaction balances and every account ends as stated."""
    _, errors, _ = loader.load_string(text)
    return [error.message for error in errors]

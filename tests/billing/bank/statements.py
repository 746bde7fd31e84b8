"""Bank accounts and files for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from billing.bank.accounts import Given, OwnAccount, load_account, open_account
from billing.bank.files import KeptFile, load_file
from billing.bank.importing import Arrival, receive
from portal.tenancy.database import transaction
from tests.people import Person

FILES = Path(__file__).parents[2] / "data" / "bank"
IBAN = "DE41500105170123456789"
"""The account of the two invented files."""
DUPLICATE_IBAN = "DE89370400440532013000"


async def opened(person: Person, name: str = "Trust EUR", **given: Any) -> OwnAccount:
    """An account that the person opens."""
    if "account_number" not in given:
        given = {"iban": IBAN, **given}
    async with transaction(person.actor.scope):
        account_id = await open_account(
            person.actor, Given(**{"book": "trust", "currency": "EUR", "name": name, **given})
        )
        return await load_account(person.actor, account_id)


async def given(person: Person, content: bytes | str, **chosen: Any) -> KeptFile:
    """A file that the person gives, by its bytes or by its name in the collection."""
    data = (FILES / content).read_bytes() if isinstance(content, str) else content
    file_id, _ = await receive(
        person.actor, Arrival(content if isinstance(content, str) else "file", data, **chosen), 20
    )
    return await looked(person, file_id)


async def looked(person: Person, file_id: UUID) -> KeptFile:
    async with transaction(person.actor.scope, read_only=True):
        return await load_file(person.actor, file_id)


async def lines(owner: asyncpg.Connection, account: OwnAccount) -> list[asyncpg.Record]:
    """What stands on an account, in the order in which it came."""
    return await owner.fetch(
        "select l.* from bank_lines l join bank_statements s on s.id = l.statement_id"
        " where l.bank_account_id = $1 order by s.id, l.position",
        account.id,
    )


def mt940(
    rows: Sequence[tuple[str, str]],
    *,
    number: str = "1",
    opening: str = "0,00",
    closing: str,
    day: date = date(2026, 11, 2),
    account: str = "50010517/0123456789",
    currency: str = "EUR",
) -> bytes:
    """A statement of one day: rows of a mark with its amount (``C100,00``) and a text."""
    said = [f":20:T\n:25:{account}\n:28C:{number}\n:60F:C{day:%y%m%d}{currency}{opening}\n"]
    said += [f":61:{day:%y%m%d%m%d}{row}NTRFNONREF\n:86:{text}\n" for row, text in rows]
    return "".join([*said, f":62F:C{day:%y%m%d}{currency}{closing}\n-\n"]).encode()

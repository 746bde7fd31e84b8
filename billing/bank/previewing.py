"""What a table says by a map of its columns, before anything of it is kept: a wrong map is seen by its totals."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from billing.bank.accounts import OwnAccount
from billing.bank.files import KeptFile
from billing.bank.reading.columns import TableMap
from billing.bank.reading.read import read_file
from billing.bank.reading.statement import ReadStatement
from cases.intake.fetching import fetched
from portal.errors import Refused

SHOWN: Final = 5
"""So many statements are shown, and so many entries of each."""


@dataclass(frozen=True, slots=True)
class Previewed:
    """The statements that result, or why none does."""

    statements: list[ReadStatement] = field(default_factory=list)
    refusal: Refused | None = None


async def preview(file: KeptFile, table: TableMap, account: OwnAccount | None) -> Previewed:
    """Read a stored table by a map. Storage is called: nothing may be locked."""
    if not table.is_whole:
        return Previewed()
    try:
        async with fetched(file.object_key) as content:
            currency = account.currency if account is not None else ""
            return Previewed(await asyncio.to_thread(read_file, content, table, currency))
    except Refused as refusal:
        return Previewed(refusal=refusal)

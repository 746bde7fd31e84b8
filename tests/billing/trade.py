"""The events of the trade as the table of the money rules has them, to be compared with what was booked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from portal.money import decimal_string

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "journals.json").read_text(encoding="utf-8"))


def event(number: int, journal: str) -> list[str]:
    """A journal of an event: ``trust Dr1010 500.00``, with the client or case where it names one."""
    found = next(each for each in VECTORS["events"] if each["event"] == number)
    (lines,) = [each["lines"] for each in found["journals"] if each["name"].startswith(journal)]
    return [
        f"{line['book']} {line['side']}{line['account']}{' ' + line['sub'] if line['sub'] else ''} {line['amount']}"
        for line in lines
    ]


async def journal(
    owner: asyncpg.Connection, agency_id: UUID, source: str, external_id: str, **names: UUID
) -> list[str]:
    """A posted journal in the same words; ``names`` says which id is C1, which is K1."""
    rows = await owner.fetch(
        "select l.book, l.account, l.amount_minor, l.currency, l.client_id, l.case_id"
        " from journals j join journal_lines l on l.journal_id = j.id"
        " where j.agency_id = $1 and j.source = $2 and j.external_id = $3 order by l.position",
        *(agency_id, source, external_id),
    )
    named = {value: name for name, value in names.items()}
    return [_line(row, named) for row in rows]


def _line(row: asyncpg.Record, named: dict[UUID, str]) -> str:
    holder = named.get(row["case_id"] or row["client_id"], "")
    side = "Dr" if row["amount_minor"] > 0 else "Cr"
    minor = decimal_string(abs(row["amount_minor"]), row["currency"])
    return f"{row['book']} {side}{row['account']}{' ' + holder if holder else ''} {minor}"

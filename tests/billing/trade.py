"""The events of the trade as the table of the money rules has them, to be compared with what was booked."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from portal.money import decimal_string, parse_amount

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "journals.json").read_text(encoding="utf-8"))


def _found(number: int, journal: str) -> dict[str, Any]:
    """A journal of an event by its name, or by how its name begins."""
    [journals] = [each["journals"] for each in VECTORS["events"] if each["event"] == number]
    [found] = [each for each in journals if each["name"] == journal] or [
        each for each in journals if each["name"].startswith(journal)
    ]
    return dict(found)


def event(number: int, journal: str) -> list[str]:
    """A journal of an event: ``trust Dr1010 500.00``, with the client or case where it names one."""
    return [
        f"{line['book']} {line['side']}{line['account']}{' ' + line['sub'] if line['sub'] else ''} {line['amount']}"
        for line in _found(number, journal)["lines"]
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


def _line(row: asyncpg.Record, named: Mapping[UUID, str]) -> str:
    holder = named.get(row["case_id"] or row["client_id"], "")
    side = "Dr" if row["amount_minor"] > 0 else "Cr"
    minor = decimal_string(abs(row["amount_minor"]), row["currency"])
    return f"{row['book']} {side}{row['account']}{' ' + holder if holder else ''} {minor}"


Journal = Mapping[tuple[str, str, str, str], int]
"""By book with currency, side, account and holder (``K8.costs``) the minor units of a journal. Several lines of one of them,
as a claim's components have against its client's, are one."""


def _summed(lines: Iterable[tuple[str, str, str, str, str | None, int]]) -> Journal:
    found: Counter[tuple[str, str, str, str]] = Counter()
    for book, currency, side, account, holder, minor in lines:
        found[f"{book}-{currency}", side, account, holder or ""] += minor
    return dict(found)


def _in_words(journal: Journal) -> list[str]:
    return sorted(
        f"{book} {side}{account} {holder} {minor}" for (book, side, account, holder), minor in journal.items()
    )


def _of_table(lines: Sequence[Mapping[str, str]]) -> Journal:
    return _summed(
        (each["book"], each["currency"], each["side"], each["account"], each["sub"],
         parse_amount(each["amount"], each["currency"]))
        for each in lines
    )  # fmt: skip


LINES = """
select journal_id, book, currency, account, client_id, case_id, component, amount_minor from journal_lines
where agency_id = $1 and journal_id <> all($2::uuid[]) order by journal_id, position
"""
STANDS = """
select book, currency, account, case when case_id is null then client_id end as client_id, case_id, component,
       sum(amount_minor)::bigint as minor
from journal_lines where agency_id = $1 group by 1, 2, 3, 4, 5, 6 having sum(amount_minor) <> 0
"""


@dataclass
class Table:
    """What an agency posts, held against the table: whatever is posted between two looks is an event's journals, no more and
    no less."""

    owner: asyncpg.Connection
    agency_id: UUID
    names: dict[UUID, str] = field(default_factory=dict)
    """Which id is C1, which is K1."""
    seen: set[UUID] = field(default_factory=set)
    compared: set[tuple[int, str]] = field(default_factory=set)

    async def is_event(self, number: int, *journals: str) -> None:
        """What was posted since the last look is these journals of an event, by the beginnings of their names, each in one."""
        await self.is_one_of_each([(number, each) for each in journals])

    async def is_one_of_each(self, journals: Sequence[tuple[int, str]]) -> None:
        """What was posted since the last look is these journals, each of an event, and no other."""
        expected = [self._expected(number, each) for number, each in journals]
        assert sorted(map(_in_words, await self._posted())) == sorted(map(_in_words, expected)), journals

    async def is_together(self, number: int, name: str) -> None:
        """What was posted since the last look is one journal of an event, which the product posts in several, one a book."""
        together: Counter[tuple[str, str, str, str]] = Counter()
        for one in await self._posted():
            together.update(one)
        assert _in_words(together) == _in_words(self._expected(number, name)), name

    def _expected(self, number: int, name: str) -> Journal:
        found = _found(number, name)
        self.compared.add((number, found["name"]))
        return _of_table(found["lines"])

    async def _posted(self) -> list[Journal]:
        rows = await self.owner.fetch(LINES, self.agency_id, list(self.seen))
        of_journals: dict[UUID, list[asyncpg.Record]] = {}
        for row in rows:
            of_journals.setdefault(row["journal_id"], []).append(row)
        self.seen.update(of_journals)
        return [self._summed(lines) for lines in of_journals.values()]

    def _summed(self, rows: Sequence[asyncpg.Record]) -> Journal:
        return _summed(
            (row["book"], row["currency"], "Dr" if row["amount_minor"] > 0 else "Cr", str(row["account"]),
             self._holder(row), abs(row["amount_minor"]))
            for row in rows
        )  # fmt: skip

    def _holder(self, row: asyncpg.Record) -> str:
        holder = row["case_id"] or row["client_id"]
        suffix = f".{row['component']}" if row["component"] not in (None, "principal") else ""
        return self.names[holder] + suffix if holder else ""

    async def balances(self) -> dict[str, str]:
        """What stands, as the table's end writes it: ``T-GBP 2000·C1``, debits above nought."""
        found = {}
        for row in await self.owner.fetch(STANDS, self.agency_id):
            holder = self._holder(row)
            words = f"{row['book'][0].upper()}-{row['currency']} {row['account']}{'·' + holder if holder else ''}"
            found[words] = decimal_string(row["minor"], row["currency"])
        return found

    def missing(self) -> set[tuple[int, str]]:
        """The journals of the table that nothing was compared with."""
        return {(each["event"], one["name"]) for each in VECTORS["events"] for one in each["journals"]} - self.compared

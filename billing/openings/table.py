"""Pieces of opening balances out of a table: CSV in any encoding, or a spreadsheet, with the columns of the form.

Nothing is guessed: columns are told by their captions, in either language, days are written year first, and amounts with a
decimal point. The first row that will not do is named, and nothing of the file is taken.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, Final
from uuid import UUID

from billing.openings.items import MOST_ITEMS, GivenItem, check_item
from billing.openings.register import Opening
from billing.openings.tables import ItemKind
from cases.intake.files.detect import detect
from cases.intake.files.table import Row, open_table
from cases.intake.files.values import DateOrder, amount_text, read_date
from cases.intake.files.vocabulary import folded
from cases.intake.issue import FileError
from portal.errors import Refused
from portal.money import BadAmount, parse_amount
from portal.pages.text import N_, say
from portal.people.actor import Actor
from portal.tenancy.database import sql

CAPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "whose": (N_("Whose"), "kind", "归属"),
    "client": (N_("Client"), "creditor", "委托方", "委托人", "客户"),
    "reference": (N_("Reference"), "case", "编号", "参考号"),
    "debtor": (N_("Debtor"), "payer", "债务人", "付款人"),
    "received_on": (N_("Received on"), "date", "收款日期", "收到日期"),
    "amount": (N_("Amount"), "金额"),
}
"""The captions of the columns, the first of each as the page names it."""
NEEDED: Final = ("received_on", "amount")
WORDS: Final[Mapping[str, ItemKind]] = {
    "": ItemKind.SUSPENSE, "client": ItemKind.FUNDS, "委托方": ItemKind.FUNDS, "委托人": ItemKind.FUNDS, "suspense": ItemKind.SUSPENSE,
    "unknown": ItemKind.SUSPENSE, "待查": ItemKind.SUSPENSE, "refund": ItemKind.REFUND, "debtor": ItemKind.REFUND,
    "退款": ItemKind.REFUND,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Reader:
    """How a row is read: where each column stands, and the agency's clients by name."""

    places: Mapping[str, int]
    clients: Mapping[str, UUID]
    opening: Opening

    def cell(self, row: Row, name: str) -> str:
        place = self.places.get(name)
        return "" if place is None else " ".join(row.cells[place].split())

    def item(self, row: Row) -> GivenItem:
        """What a row says.

        Raises:
            Refused: it cannot be read, or may not be brought over.
        """
        if row.issue is not None:
            raise Refused(
                N_("It has more cells than the table has columns, or one that is too long."), code="ragged_row"
            )
        named = self.cell(row, "client")
        client = self.clients.get(named.casefold()) if named else None
        if named and client is None:
            raise Refused(N_("There is no client “%(name)s”."), code="no_client", name=named[:60])
        word = self.cell(row, "whose").casefold()
        kind = ItemKind.FUNDS if client and not word else WORDS.get(word)
        if kind is None:
            raise Refused(N_("“%(word)s” is not known: client, suspense or refund."), code="bad_kind", word=word[:40])
        item = GivenItem(
            kind=kind,
            client_id=client,
            reference=self.cell(row, "reference"),
            debtor_name=self.cell(row, "debtor"),
            received_on=read_date(self.cell(row, "received_on"), DateOrder.YMD),
            amount_minor=self._amount(row),
        )
        check_item(item, self.opening)
        return item

    def _amount(self, row: Row) -> int:
        text = self.cell(row, "amount")
        plain = text if self.places["amount"] in row.numbers else amount_text(text)
        with suppress(BadAmount):
            return parse_amount(plain, self.opening.currency)
        raise Refused(N_("This is not an amount in %(currency)s."), code="bad_amount", currency=self.opening.currency)


async def clients_by_name(actor: Actor) -> dict[str, UUID]:
    """All clients of the agency, as a table may name them."""
    rows = await sql("select id, name from clients where agency_id = $1 order by name, id", actor.agency_id)
    return {row["name"].casefold(): row["id"] for row in rows}


def read_items(file: BinaryIO, opening: Opening, clients: Mapping[str, UUID]) -> list[GivenItem]:
    """The pieces in a table; ``clients`` are by their name in lower case.

    Raises:
        Refused: it is no table, a column is missing, or a row will not do.
    """
    try:
        with open_table(file, detect(file).shape) as rows:
            reader = _Reader(_places(rows.columns), clients, opening)
            found: list[GivenItem] = []
            for row in rows:
                if len(found) == MOST_ITEMS:
                    raise Refused(N_("At most %(limit)s pieces."), field="table", code="too_many", limit=MOST_ITEMS)
                found.append(_read(reader, row))
    except FileError as error:
        raise Refused(error.message, field="table", code=error.code, **error.params) from None
    if not found:
        raise Refused(N_("There is no row in this file."), field="table", code="no_rows")
    return found


def _read(reader: _Reader, row: Row) -> GivenItem:
    try:
        return reader.item(row)
    except Refused as refused:
        raise Refused(
            N_("Row %(row)s: %(reason)s"), field="table", code=refused.code, row=row.number,
            reason=say(refused.message, **refused.params),
        ) from None  # fmt: skip


def _places(columns: tuple[str, ...]) -> dict[str, int]:
    known = {folded(caption): name for name, captions in CAPTIONS.items() for caption in captions}
    places: dict[str, int] = {}
    for place, column in enumerate(columns):
        if name := known.get(folded(column)):
            places.setdefault(name, place)
    missing = next((name for name in NEEDED if name not in places), None)
    if missing is not None:
        raise Refused(
            N_("The column “%(column)s” is missing."), field="table", code="no_column", column=say(CAPTIONS[missing][0])
        )
    return places

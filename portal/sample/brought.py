"""What the sample's agencies brought over from the system before: one opening balance in their base currency, written by one
person in finance and approved by another, proved by the closing list.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from billing.bank.accounts import list_accounts
from billing.openings.approve import approve
from billing.openings.document import give_proof
from billing.openings.items import GivenItem, add_items
from billing.openings.prepare import begin, set_balances
from billing.openings.propose import propose
from billing.openings.register import load_opening
from billing.openings.tables import ItemKind
from billing.remittance.proof import Proof
from portal.ledger.tables import Book
from portal.money import decimal_string
from portal.people.permissions import Role
from portal.sample.cast import PASSWORD
from portal.sample.founding import Office
from portal.tenancy.database import transaction


@dataclass(frozen=True, slots=True)
class Piece:
    """Money that came so many days before the books begin, in minor units of the base currency."""

    kind: ItemKind
    reference: str
    debtor: str
    days_before: int
    amount_minor: int


PIECES: Final[Mapping[str, Sequence[Piece]]] = {
    "en": (
        Piece(ItemKind.FUNDS, "RE-16071", "Werft Kranbau Nord GmbH", 9, 318_400),
        Piece(ItemKind.FUNDS, "RE-16094", "Sauter & Lind Anlagenbau", 4, 107_250),
        Piece(ItemKind.SUSPENSE, "no reference", "H. Brandt", 23, 41_520),
        Piece(ItemKind.REFUND, "RE-15980", "Deichmüller Rohrtechnik", 12, 6_280),
    ),
    "zh-Hans": (
        Piece(ItemKind.FUNDS, "JC-16071", "常州恒立传动机械有限公司", 9, 2_648_000),
        Piece(ItemKind.FUNDS, "JC-16094", "台州安固电机有限公司", 4, 935_000),
        Piece(ItemKind.SUSPENSE, "无附言", "周志明", 23, 360_000),
        Piece(ItemKind.REFUND, "JC-15980", "嘉兴远航五金厂", 12, 54_000),
    ),
}
"""By the agency's language; funds are its first client's."""
LIST_NAME: Final = {"en": "closing list.csv", "zh-Hans": "旧系统结转清单.csv"}
CAPTIONS: Final = {
    "en": ("Kind", "Reference", "Debtor", "Received on", "Amount"),
    "zh-Hans": ("类别", "编号", "付款人", "收款日期", "金额"),
}


async def bring_over(office: Office, today: date, secret_key: str) -> None:
    """Bring the balances over that stand in the morning of ``today``."""
    first, second = office.one(Role.FINANCE), office.one(Role.FINANCE, 1)
    language, currency = office.plan.language, office.plan.base_currency
    client_id, pieces = office.clients[office.plan.clients[0].key], PIECES[language]
    given = [
        GivenItem(
            kind=piece.kind, client_id=client_id if piece.kind is ItemKind.FUNDS else None, reference=piece.reference,
            debtor_name=piece.debtor, received_on=today - timedelta(days=piece.days_before), amount_minor=piece.amount_minor,
        )
        for piece in pieces
    ]  # fmt: skip
    async with transaction(first.scope):
        opening_id = await begin(first, currency, today)
        [trust] = [one for one in await list_accounts(first) if (one.book, one.currency) == (Book.TRUST, currency)]
        total = sum(piece.amount_minor for piece in pieces)
        await set_balances(first, opening_id, today, {trust.id: total}, {})
        await add_items(first, opening_id, given)
    await give_proof(first, opening_id, LIST_NAME[language], _closing_list(given, language, currency))
    async with transaction(first.scope):
        await propose(first, opening_id)
    async with transaction(second.scope):
        shown = (await load_opening(second, opening_id)).version
        await approve(second, opening_id, shown, Proof(password=PASSWORD), secret_key)


def _closing_list(given: Sequence[GivenItem], language: str, currency: str) -> bytes:
    """What the system before printed when it was closed."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\r\n")
    rows.writerow(CAPTIONS[language])
    for item in given:
        money = f"{currency} {decimal_string(item.amount_minor or 0, currency)}"
        rows.writerow([item.kind, item.reference, item.debtor_name, item.received_on, money])
    return file.getvalue().encode("utf-8-sig")

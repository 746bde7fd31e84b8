"""The papers of the sample world: invoices, contracts and delivery notes as PDF, set by typst on invented letterheads."""

import asyncio
import io
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

from cases.documents.evidence import send_through
from cases.documents.words import Kind
from portal.pages.formats import amount, date_full
from portal.pages.text import speaking
from portal.pages.typeset import pdf
from portal.people.actor import Actor
from portal.sample.acts import Account
from portal.tenancy.database import transaction

AT_ONCE = 4
TEMPLATE = Path(__file__).parent / "paper.typ"

WORDS = {
    "en": {
        Kind.INVOICE: ("Invoice", "Invoice no.", "Payable without deduction by"),
        Kind.CONTRACT: ("Order confirmation", "Order no.", "Terms of payment: days net"),
        Kind.DELIVERY_PROOF: ("Delivery note", "Delivery no.", "Goods received in good order"),
        "to": "To",
        "date": "Date",
        "columns": ("Pos.", "Description", "Quantity", "Price", "Amount"),
        "total": "Total",
        "signed": "Name, signature",
        "sample": "Sample document. All names are invented.",
    },
    "zh-Hans": {
        Kind.INVOICE: ("发票", "发票号", "付款期限"),
        Kind.CONTRACT: ("购销合同", "合同号", "付款期限（天）"),
        Kind.DELIVERY_PROOF: ("送货单", "送货单号", "货物已验收，数量无误"),
        "to": "致",
        "date": "日期",
        "columns": ("序号", "名称", "数量", "单价", "金额"),
        "total": "合计",
        "signed": "签收人",
        "sample": "示例文件，所有名称均为虚构。",
    },
}
NAMES = {
    "en": {Kind.INVOICE: "Invoice", Kind.CONTRACT: "Order confirmation", Kind.DELIVERY_PROOF: "Delivery note"},
    "zh-Hans": {Kind.INVOICE: "发票", Kind.CONTRACT: "合同", Kind.DELIVERY_PROOF: "送货单"},
}


async def attach(actor: Actor, accounts: Sequence[Account]) -> None:
    """Add each account's papers to its case, as the client's person, several at once."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def add(account: Account, kind: Kind) -> None:
        async with slots:
            content = await asyncio.to_thread(paper, account, kind)
            name = f"{NAMES[actor.language][kind]} {account.reference}.pdf"
            assert account.case_id is not None
            async with transaction(actor.scope):
                await send_through(actor, account.case_id, name, io.BytesIO(content), kind)

    await asyncio.gather(*(add(account, kind) for account in accounts for kind in kinds(account)))


def kinds(account: Account) -> list[Kind]:
    """Always the invoice; half of the time how the order came about, or that the goods arrived."""
    random = Random(f"papers of {account.reference}")  # noqa: S311 - the same papers every time
    more = [kind for kind in (Kind.CONTRACT, Kind.DELIVERY_PROOF) if random.random() < 0.4]
    return [Kind.INVOICE, *more]


def paper(account: Account, kind: Kind) -> bytes:
    """One paper as a PDF, in the client's language."""
    language = account.client.language
    with speaking(language, account.client.time_zone):
        return pdf(TEMPLATE, _content(account, kind, language))


def _content(account: Account, kind: Kind, language: str) -> dict[str, object]:
    words, client, debtor, currency = WORDS[language], account.client, account.debtor, account.market.currency
    title, number, closing = words[kind]
    if kind is Kind.INVOICE:
        closing = f"{closing} {date_full(account.due_on)}"
    day = account.issued_on - timedelta(days={Kind.INVOICE: 0, Kind.DELIVERY_PROOF: 3}.get(kind, 21))
    priced = kind is not Kind.DELIVERY_PROOF
    return {
        "language": language,
        "from": [client.name, *client.address.split("\n")],
        "vat": client.vat_number,
        "to_label": words["to"],
        "to": [debtor.name, debtor.street, f"{debtor.postal_code} {debtor.city}".strip(), debtor.country],
        "title": title,
        "facts": [[number, _number(account, kind)], [words["date"], date_full(day)]],
        "columns": list(words["columns"] if priced else words["columns"][:3]),
        "rows": _rows(account, priced),
        "total": [words["total"], f"{currency} {amount(account.amount_minor, currency)}"] if priced else [],
        "closing": closing,
        "signed": words["signed"] if kind is not Kind.INVOICE else "",
        "sample": words["sample"],
    }


def _number(account: Account, kind: Kind) -> str:
    return {Kind.CONTRACT: f"AB-{account.reference[-5:]}", Kind.DELIVERY_PROOF: f"LS-{account.reference[-5:]}"}.get(
        kind, account.reference
    )


def _rows(account: Account, priced: bool) -> list[list[str]]:
    """One to three lines of goods that add up to the invoice."""
    random = Random(f"goods of {account.reference}")  # noqa: S311 - the same goods every time
    currency = account.market.currency
    goods = random.sample(account.client.goods, random.randint(1, 3))
    left, rows = account.amount_minor, []
    for place, name in enumerate(goods, start=1):
        quantity = random.choice((1, 2, 4, 5, 10))
        part = left if place == len(goods) else left * random.randint(30, 60) // 100 // quantity * quantity
        quantity = quantity if part % quantity == 0 else 1
        left -= part
        priced_cells = [amount(part // quantity, currency), amount(part, currency)] if priced else []
        rows.append([str(place), name, str(quantity), *priced_cells])
    return rows

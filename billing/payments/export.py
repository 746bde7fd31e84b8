"""The payments as a file for spreadsheets."""

import csv
import io
from collections.abc import AsyncIterator

from billing.payments.register import Filters, Payment, every_payment
from portal.money import decimal_string
from portal.pages.export import neutral
from portal.pages.text import speaking, translate
from portal.people.actor import Actor

COLUMNS = (
    "id", "received_on", "case", "debtor", "client", "channel", "received_by", "currency", "amount", "principal",
    "interest", "costs", "surplus", "fee_rate", "fee", "net_to_client", "released_on", "reference", "payer", "reverses",
    "recorded_at", "recorded_by", "why_this_fee",
)  # fmt: skip
"""The first line: names for machines, the same in every language."""


async def as_csv(actor: Actor, filters: Filters, language: str, time_zone: str) -> AsyncIterator[bytes]:
    """The file, piece by piece: UTF-8 with a mark, so that spreadsheets read Chinese names rightly."""
    yield b"\xef\xbb\xbf" + _row(COLUMNS)
    async for payment in every_payment(actor, filters):
        with speaking(language, time_zone):
            cells = _cells(payment)
        yield _row(cells)


def _cells(payment: Payment) -> tuple[str, ...]:
    def plain(minor: int) -> str:
        return decimal_string(minor, payment.currency)

    return (
        str(payment.id),
        payment.received_on.isoformat(),
        neutral(payment.case_number),
        neutral(payment.debtor_name),
        neutral(payment.client_name),
        translate(payment.channel_text),
        str(payment.received_by),
        payment.currency,
        *(plain(minor) for minor in (payment.amount_minor, *payment.parts.amounts, payment.surplus_minor)),
        f"{payment.fee_rate.normalize():f}",
        plain(payment.fee_minor),
        plain(payment.net_minor),
        payment.release_on.isoformat(),
        neutral(payment.external_reference),
        neutral(payment.payer),
        str(payment.reverses or ""),
        payment.recorded_at.isoformat(timespec="seconds"),
        neutral(payment.recorded_by_name),
        neutral(payment.explanation.sentence.replace("\u00a0", " ")),
    )


def _row(cells: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()

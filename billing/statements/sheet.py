"""A statement as a file for spreadsheets and other systems: every line with its fee and why."""

import csv
import io
from collections.abc import AsyncIterator

from billing.statements.register import Statement, StatementLine, every_line
from portal.money import decimal_string
from portal.pages.export import neutral
from portal.pages.text import speaking
from portal.people.actor import Actor
from portal.tenancy.database import sql

COLUMNS = (
    "statement", "case", "client_reference", "payment_id", "received_on", "received_by", "channel", "currency", "gross",
    "principal", "interest", "costs", "fee_rule", "agreement_version", "fee_rate", "fee", "vat", "net_before_vat",
    "reverses", "debtor", "why_this_fee",
)  # fmt: skip
"""The first line: names for machines, the same in every language."""


async def as_csv(actor: Actor, statement: Statement, language: str, time_zone: str) -> AsyncIterator[bytes]:
    """The file, piece by piece: UTF-8 with a mark, so that spreadsheets read Chinese names rightly."""
    yield b"\xef\xbb\xbf" + _row(COLUMNS)
    held: list[StatementLine] = []
    async for line in every_line(actor, statement.id):
        held.append(line)
        if len(held) == 500:
            yield await _written(actor, statement, held, language, time_zone)
            held = []
    yield await _written(actor, statement, held, language, time_zone)


async def _written(
    actor: Actor, statement: Statement, lines: list[StatementLine], language: str, time_zone: str
) -> bytes:
    rows = await sql(
        "select id, reference from cases where agency_id = $1 and id = any($2)",
        *(actor.agency_id, [line.case_id for line in lines]),
    )
    references = {row["id"]: row["reference"] for row in rows}
    with speaking(language, time_zone):
        return b"".join(_row(_cells(statement, line, references.get(line.case_id, ""))) for line in lines)


def _cells(statement: Statement, line: StatementLine, reference: str) -> tuple[str, ...]:
    def plain(minor: int) -> str:
        return decimal_string(minor, statement.currency)

    fee = line.explanation
    return (
        neutral(statement.number or ""),
        neutral(line.case_number),
        neutral(reference),
        str(line.payment_id),
        line.received_on.isoformat(),
        line.received_by,
        str(line.channel),
        statement.currency,
        *(plain(minor) for minor in (line.gross_minor, line.principal_minor, line.interest_minor, line.costs_minor)),
        str(fee.rule_number),
        str(fee.agreement_version),
        f"{line.fee_rate.normalize():f}",
        *(plain(minor) for minor in (line.fee_minor, line.vat_minor, line.net_minor)),
        str(line.reverses or ""),
        neutral(line.debtor_name),
        neutral(fee.sentence.replace("\u00a0", " ")),
    )


def _row(cells: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()

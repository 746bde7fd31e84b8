"""Lines on an account of the agency's own: an invoice that a client paid, VAT paid to the state, charges and interest."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from billing.bank.matching.affairs import AffairCode, AffairReason, OwnAffair, most_likely, pays, says
from billing.bank.matching.candidates import Line
from billing.bank.matching.own import charge, interest
from portal.people.actor import Actor
from portal.tenancy.database import sql

_TAX_WORDS: Final = re.compile(
    r"\b(finanzamt|finanzkasse|finanzverwaltung|hmrc|hm revenue|tax (office|authority)|revenue commissioners|vat|ust|"
    r"umsatzsteuer\w*|mwst|tva|iva|dgfip|belastingdienst|btw)\b|税务|国库|增值税",
    re.IGNORECASE,
)
INVOICES: Final = """
select given.place, i.id, i.number, i.client_name, i.total_minor - i.paid_minor - i.corrected_minor = given.minor as is_all
from unnest($2::int[], $3::text[], $4::bigint[]) as given (place, currency, minor)
join client_invoices i on i.agency_id = $1 and i.currency = given.currency and i.settled_on is null
    and i.total_minor - i.paid_minor - i.corrected_minor >= given.minor
order by i.due_on, i.id
"""
VAT: Final = """
select currency, -sum(amount_minor)::bigint as owed_minor from journal_lines
where agency_id = $1 and account = 2100 and account < 9000 group by currency
"""


async def operating_affairs(actor: Actor, lines: Sequence[Line]) -> dict[UUID, OwnAffair]:
    """By line on an operating account, what it is, where that is likely."""
    ours = [line for line in lines if line.book == "operating"]
    if not ours:
        return {}
    invoices = await invoices_for(actor, ours)
    owed = {row["currency"]: row["owed_minor"] for row in await sql(VAT, actor.agency_id)}
    found: dict[UUID, OwnAffair] = {}
    for line in ours:
        asked = most_likely(invoices.get(line.id, ()))
        bank = interest(line) if line.amount_minor > 0 else charge(line)
        affair = asked or vat(line, owed.get(line.currency, 0)) or bank
        if affair is not None:
            found[line.id] = affair
    return found


async def invoices_for(actor: Actor, lines: Sequence[Line]) -> dict[UUID, list[OwnAffair]]:
    """By line of money in, the open invoices that it may pay, in part or what is left of them, the oldest first."""
    given = [(place, line.currency, line.amount_minor) for place, line in enumerate(lines) if line.amount_minor > 0]
    found: dict[UUID, list[OwnAffair]] = defaultdict(list)
    if given:
        for row in await sql(INVOICES, actor.agency_id, *(list(column) for column in zip(*given, strict=True))):
            line = lines[row["place"]]
            affair = _invoice(line, row)
            if affair.reasons:
                found[line.id].append(affair)
    return found


def _invoice(line: Line, row: asyncpg.Record) -> OwnAffair:
    reasons = []
    if row["is_all"]:
        reasons.append(AffairReason(AffairCode.INVOICE_SUM, 40))
    if says(line, row["number"]):
        reasons.append(AffairReason(AffairCode.INVOICE_NAMED, 60))
    if pays(line, row["client_name"]):
        reasons.append(AffairReason(AffairCode.SAME_PAYEE, 30))
    return OwnAffair("invoice", tuple(reasons), row["id"], row["number"])


def vat(line: Line, owed_minor: int = 0) -> OwnAffair | None:
    """What goes to the tax office, or comes from there."""
    if not _TAX_WORDS.search(f"{line.counterparty_name} {line.text}"):
        return None
    reasons = [AffairReason(AffairCode.TAX_WORD, 60)]
    if line.amount_minor == -owed_minor:
        reasons.append(AffairReason(AffairCode.VAT_SUM, 40))
    return OwnAffair("vat", tuple(reasons))

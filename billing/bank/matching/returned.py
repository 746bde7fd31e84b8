"""Money that the bank took back: which payment, or which suspended money, a returned line undoes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from billing.bank.matching.candidates import Line
from billing.bank.matching.said import likeness, read_texts
from portal.people.actor import Actor
from portal.tenancy.database import sql

WITHIN: Final = timedelta(days=90)
"""Longer after its receipt a transfer or a debit is hardly returned."""
NAME_LIKE: Final = 0.8
PROPOSED: Final = 60


class ReturnCode(StrEnum):
    """What speaks for a line undoing a payment."""

    WENT_BACK = "went_back"
    SAME_SUM = "same_sum"
    PAYMENT_NAMED = "payment_named"
    SAME_PAYER = "same_payer"
    SAME_ACCOUNT = "same_account"


WEIGHTS: Final = {
    ReturnCode.WENT_BACK: 30,
    ReturnCode.SAME_SUM: 20,
    ReturnCode.PAYMENT_NAMED: 30,
    ReturnCode.SAME_PAYER: 20,
    ReturnCode.SAME_ACCOUNT: 30,
}


class ReturnReason(NamedTuple):
    """A finding with its weight."""

    code: ReturnCode
    weight: int


@dataclass(frozen=True, slots=True)
class Returned:
    """What goes back: a payment, or suspended money."""

    payment_id: UUID | None
    suspense_id: UUID | None
    case_number: str
    payer: str
    received_on: str
    reasons: tuple[ReturnReason, ...]

    @property
    def confidence(self) -> int:
        """The sum of the weights, at most 100."""
        return min(100, sum(reason.weight for reason in self.reasons))


# Of each line the payments and suspended pieces of the same sum that are still here, with what their bank line said.
STANDING: Final = """
select given.place, found.* from unnest($2::int[], $3::uuid[], $4::text[], $5::bigint[], $6::date[]) as
    given (place, account_id, currency, minor, day)
cross join lateral (
    select p.id as payment_id, p.suspense_id, coalesce(s.journal_id, p.journal_id) as journal_id, p.received_on, c.number as case_number, c.debtor_name,
           p.payer, p.external_reference as reference
    from payments p join cases c on c.agency_id = p.agency_id and c.id = p.case_id
    left join suspense s on s.agency_id = p.agency_id and s.id = p.suspense_id
    where p.agency_id = $1 and p.currency = given.currency and p.received_on between given.day - 90 and given.day
      and p.amount_minor + p.surplus_minor + p.held_minor - p.banks_kept_minor = given.minor and p.reverses is null and p.charge_id = ''
      and p.received_by = 'agency' and (s.id is null or s.payment_id is null and s.amount_minor = given.minor)
      and not exists (select from payments r where r.agency_id = p.agency_id and r.reverses = p.id)
    union all
    select null, s.id, s.journal_id, s.received_on,
           coalesce(c.number, ''), coalesce(c.debtor_name, ''), s.payer, s.reference
    from suspense s left join cases c on c.agency_id = s.agency_id and c.id = s.case_id
    where s.agency_id = $1 and s.currency = given.currency and s.received_on between given.day - 90 and given.day
      and s.amount_minor = given.minor and s.status in ('waiting', 'asked', 'approved') and s.payment_id is null and s.charge_id = ''
) found
"""
SAID: Final = """
select m.journal_id, l.counterparty_name, l.counterparty_account, l.end_to_end, l.bank_reference, l.creditor_reference
from bank_matches m join bank_lines l on l.agency_id = m.agency_id and l.id = m.bank_line_id
where m.agency_id = $1 and m.journal_id = any($2) and m.undone_at is null
"""


async def returned_for(actor: Actor, lines: Sequence[Line]) -> dict[UUID, Returned]:
    """By line of money out, what it takes back, where that is likely."""
    given = [
        (place, line.bank_account_id, line.currency, -line.amount_minor, line.booked_on)
        for place, line in enumerate(lines)
        if line.went_back
    ]
    if not given:
        return {}
    rows = await sql(STANDING, actor.agency_id, *(list(column) for column in zip(*given, strict=True)))
    said = {
        row["journal_id"]: row for row in await sql(SAID, actor.agency_id, list({row["journal_id"] for row in rows}))
    }
    by_line: dict[UUID, list[Returned]] = defaultdict(list)
    for row in rows:
        line = lines[row["place"]]
        by_line[line.id].append(_returned(line, row, said.get(row["journal_id"])))
    best = {
        line_id: max(found, key=lambda one: (one.confidence, one.received_on)) for line_id, found in by_line.items()
    }
    return {line_id: one for line_id, one in best.items() if one.confidence >= PROPOSED}


def _returned(line: Line, row: asyncpg.Record, said: asyncpg.Record | None) -> Returned:
    codes = [ReturnCode.WENT_BACK, ReturnCode.SAME_SUM, *_telling(line, row, said)]
    reasons = tuple(ReturnReason(code, WEIGHTS[code]) for code in codes)
    payer, day = row["payer"] or row["debtor_name"], row["received_on"].isoformat()
    return Returned(row["payment_id"], row["suspense_id"], row["case_number"], payer, day, reasons)


def _telling(line: Line, row: asyncpg.Record, said: asyncpg.Record | None) -> Iterator[ReturnCode]:
    there = read_texts((*line.texts, line.bank_reference))
    references = [row["reference"], row["case_number"]]
    if said is not None:
        references += [said["end_to_end"], said["bank_reference"], said["creditor_reference"]]
    if (
        any(reference and there.names(reference) for reference in references)
        or row["case_number"] in there.case_numbers
    ):
        yield ReturnCode.PAYMENT_NAMED
    names = [row["payer"], row["debtor_name"], said["counterparty_name"] if said else ""]
    if any(name and line.payer and likeness(line.payer, name, "company") >= NAME_LIKE for name in names):
        yield ReturnCode.SAME_PAYER
    if said is not None and line.counterparty_account and said["counterparty_account"] == line.counterparty_account:
        yield ReturnCode.SAME_ACCOUNT

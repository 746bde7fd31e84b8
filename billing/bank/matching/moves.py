"""What the books moved on a bank account and no line has told of yet: a line is linked to it, and nothing posts twice.

What names no account may have moved on any of its kind; what names another one than the line's may have been said wrongly.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from billing.bank.matching.affairs import OwnAffair
from billing.bank.matching.candidates import Line
from billing.bank.matching.operating import vat
from billing.bank.matching.own import charge, interest
from billing.bank.matching.said import Said, bare_of, likeness, read_texts, speaks_of_exchange
from billing.refunds.register import reference_of
from portal.people.actor import Actor
from portal.tenancy.database import sql

BEFORE_DAYS: Final = 12
"""The books may be so many days before the bank: somebody recorded it by hand, or it was ordered and not yet booked."""
AFTER_DAYS: Final = 5
NEAR_DAYS: Final = 5
NAME_LIKE: Final = 0.8
PROCESSOR: Final = ("stripe",)
"""How the processor calls itself on statements."""
KINDS: Final[Mapping[str, Callable[[Line], OwnAffair | None]]] = {
    "charge": charge,
    "bank interest": interest,
    "VAT": vat,
}
"""What is booked by hand of an account itself (`billing.bank.entries`), and how a line says that it is such a thing."""


class MoveCode(StrEnum):
    """What speaks for a line being what a journal moved."""

    SAME_AMOUNT = "same_amount"
    REFERENCE_SAID = "reference_said"
    SAME_NAME = "same_name"
    PROCESSOR_NAMED = "processor_named"
    OWN_ACCOUNT = "own_account"
    EXCHANGE_SAID = "exchange_said"
    KIND_SAID = "kind_said"
    SAME_DAY = "same_day"
    NEAR_DAY = "near_day"
    FAR_DAY = "far_day"
    SEVERAL_ALIKE = "several_alike"
    TAKEN_BACK = "taken_back"
    OTHER_ACCOUNT = "other_account"


WEIGHTS: Final = {
    MoveCode.SAME_AMOUNT: 30,
    MoveCode.REFERENCE_SAID: 50,
    MoveCode.PROCESSOR_NAMED: 50,
    MoveCode.OWN_ACCOUNT: 50,
    MoveCode.EXCHANGE_SAID: 50,
    MoveCode.KIND_SAID: 50,
    MoveCode.SAME_NAME: 40,
    MoveCode.SAME_DAY: 20,
    MoveCode.NEAR_DAY: 20,
    MoveCode.SEVERAL_ALIKE: -30,
    MoveCode.TAKEN_BACK: -40,
    MoveCode.OTHER_ACCOUNT: -20,
}
TELLING: Final = frozenset(
    {
        MoveCode.REFERENCE_SAID,
        MoveCode.PROCESSOR_NAMED,
        MoveCode.OWN_ACCOUNT,
        MoveCode.SAME_NAME,
        MoveCode.EXCHANGE_SAID,
        MoveCode.KIND_SAID,
    }
)
AGAINST: Final = frozenset({MoveCode.SEVERAL_ALIKE, MoveCode.TAKEN_BACK, MoveCode.FAR_DAY, MoveCode.OTHER_ACCOUNT})


class MoveReason(NamedTuple):
    """A finding with its weight."""

    code: MoveCode
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What one journal, or several that left as one, moved on a bank account. Minor units, signed as on a statement."""

    journal_ids: tuple[UUID, ...]
    amounts: tuple[int, ...]
    """Of each."""
    first_on: int
    """The day as its ordinal, so that several are compared quickly."""
    kind: str
    source: str
    references: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    case_id: UUID | None = None
    payment_id: UUID | None = None
    suspense_id: UUID | None = None
    label: str = ""
    """A number that people know it by: of the run, the case, the payout."""
    by_processor: bool = False
    is_taken_back: bool = False
    is_elsewhere: bool = False
    """The books name another account of the agency."""
    not_of: frozenset[UUID] = frozenset()
    """Lines of which somebody said that they are not this."""

    @property
    def day(self) -> date:
        """The day by the books."""
        return date.fromordinal(self.first_on)

    @property
    def amount_minor(self) -> int:
        """All of it."""
        return sum(self.amounts)


@dataclass(frozen=True, slots=True)
class Link:
    """A move that a line may be, and why."""

    move: Move
    reasons: tuple[MoveReason, ...]

    @property
    def confidence(self) -> int:
        """The sum of the weights, within its bounds."""
        return max(0, min(100, sum(reason.weight for reason in self.reasons)))

    @property
    def is_certain(self) -> bool:
        """Whether it is linked without a person: the amount, near its day, something that names it, and no other like it."""
        return self.names_it and {reason.code for reason in self.reasons}.isdisjoint(AGAINST)

    @property
    def is_booked_by_hand(self) -> bool:
        """Whether it is a charge, interest or VAT that somebody booked, and the line says that it is such a thing."""
        return MoveCode.KIND_SAID in {reason.code for reason in self.reasons}

    @property
    def names_it(self) -> bool:
        """Whether the line says something that names it."""
        return not {reason.code for reason in self.reasons}.isdisjoint(TELLING)


def links(line: Line, moves: Iterable[Move], own_accounts: frozenset[str] = frozenset()) -> list[Link]:
    """The moves that a line may be, the likeliest first. Pure; the amount is always the same."""
    said, on = read_texts((*line.texts, line.bank_reference)), line.booked_on.toordinal()
    fitting = [
        move
        for move in moves
        if move.amount_minor == line.amount_minor
        and line.id not in move.not_of
        and -AFTER_DAYS <= on - move.first_on <= BEFORE_DAYS
    ]
    found = [Link(move, tuple(_reasons(line, said, move, own_accounts))) for move in fitting]
    found.sort(key=lambda one: (-one.confidence, abs(on - one.move.first_on), one.move.journal_ids))
    if len(found) > 1 and found[0].confidence - found[1].confidence < WEIGHTS[MoveCode.SAME_NAME] // 2:
        alike = MoveReason(MoveCode.SEVERAL_ALIKE, WEIGHTS[MoveCode.SEVERAL_ALIKE])
        found[0] = replace(found[0], reasons=(*found[0].reasons, alike))
    return found


def _reasons(line: Line, said: Said, move: Move, own_accounts: frozenset[str]) -> Iterator[MoveReason]:
    codes = [MoveCode.SAME_AMOUNT]
    if any(_is_said(said, line, reference) for reference in move.references):
        codes.append(MoveCode.REFERENCE_SAID)
    payers = [name for name in (line.counterparty_name, line.on_behalf_of) if name]
    alike = [likeness(payer, name, "company") for payer in payers for name in move.names if name]
    if alike and max(alike) >= NAME_LIKE:
        codes.append(MoveCode.SAME_NAME)
    said_there = f"{line.counterparty_name} {line.text}".casefold()
    if move.by_processor and any(name in said_there for name in PROCESSOR):
        codes.append(MoveCode.PROCESSOR_NAMED)
    if move.kind in ("draw", "top-up", "exchange") and line.counterparty_account in own_accounts:
        codes.append(MoveCode.OWN_ACCOUNT)
    if move.kind == "exchange" and speaks_of_exchange(f"{line.kind} {line.text}"):
        codes.append(MoveCode.EXCHANGE_SAID)
    if move.source == "bank" and move.kind in KINDS and KINDS[move.kind](line) is not None:
        codes.append(MoveCode.KIND_SAID)
    days = abs(line.booked_on.toordinal() - move.first_on)
    codes.append(MoveCode.FAR_DAY if days > NEAR_DAYS else MoveCode.NEAR_DAY if days else MoveCode.SAME_DAY)
    if move.is_taken_back:
        codes.append(MoveCode.TAKEN_BACK)
    if move.is_elsewhere:
        codes.append(MoveCode.OTHER_ACCOUNT)
    yield from (MoveReason(code, WEIGHTS.get(code, 0)) for code in codes)


def _is_said(said: Said, line: Line, reference: str) -> bool:
    if not reference:
        return False
    given = {bare_of(text) for text in (line.bank_reference, line.end_to_end, line.creditor_reference) if text}
    return said.names(reference) or bare_of(reference) in given


# A journal that is taken back may still be what the bank tells of: first that it came, later that it went.
MOVES: Final = """
with moved as (
    select l.journal_id, l.bank_account_id <> $6 as is_elsewhere, sum(l.amount_minor)::bigint as amount_minor
    from journal_lines l
    join bank_accounts first on first.agency_id = $1 and (first.book, first.currency, first.position) = ($7, $3, 1)
    where l.agency_id = $1 and l.account = $2 and coalesce(l.client_id, l.agency_id) = $1 and l.currency = $3
      and l.effective_on between $4 and $5 and l.account < 9000
      and not exists (select from bank_matches m where m.agency_id = l.agency_id and m.journal_id = l.journal_id
                      and coalesce(m.instead_of, m.bank_account_id) = coalesce(l.bank_account_id, first.id)
                      and m.undone_at is null)
    group by l.journal_id, l.bank_account_id)
select j.id, j.kind, j.source, j.effective_on, moved.amount_minor, moved.is_elsewhere, j.external_id,
       exists (select from journals r where r.agency_id = j.agency_id and r.reverses = j.id) as is_taken_back,
       p.id as payment_id, p.case_id, coalesce(p.external_reference, s.reference, ip.reference, '') as reference,
       coalesce(p.payer, s.payer, r.holder, '') as payer, c.number as case_number, c.debtor_name, s.id as suspense_id,
       r.paid_reference as refund_reference, r.id as refund_id, run.id as run_id, run.number as run_number, run.paid_reference as run_reference,
       k.name as client_name, coalesce(i.number, st.number) as statement_number, o.payout_id,
       x.reference as exchange_reference,
       (select array_agg(m.bank_line_id) from bank_matches m
        where m.agency_id = $1 and m.journal_id = j.id and m.undone_at is not null) as not_of
from moved join journals j on j.agency_id = $1 and j.id = moved.journal_id
left join payments p on p.agency_id = $1 and p.journal_id = j.id
left join suspense s on s.agency_id = $1 and s.journal_id = j.id and s.payment_id is null
left join refunds r on r.agency_id = $1 and r.journal_id = j.id
left join cases c on c.agency_id = $1 and c.id = coalesce(p.case_id, r.case_id)
left join statements st on j.source = 'remittance' and st.agency_id = $1 and st.id::text = split_part(j.external_id, ':', 1)
left join exchanges x on x.agency_id = $1 and x.journal_id = j.id
left join remittance_runs run on run.agency_id = $1 and j.source in ('remittance', 'exchange')
    and run.id::text = coalesce(st.run_id::text, x.run_id::text, split_part(j.external_id, ':', 1))
left join invoice_payments ip on ip.agency_id = $1 and ip.journal_id = j.id
left join client_invoices i on i.agency_id = $1 and i.id = ip.invoice_id
left join clients k on k.agency_id = $1 and k.id = coalesce(i.client_id, st.client_id)
    and j.kind in ('paid', 'paid again', 'invoice paid')
left join payouts o on o.agency_id = $1 and (o.journal_id = j.id or o.reversal_journal_id = j.id)
where moved.amount_minor <> 0 and j.source <> 'opening'
  -- What was booked from a line and taken back is no move of its own, and neither is its taking back.
  and not exists (select from bank_matches m left join payments origin on origin.agency_id = $1 and origin.id = p.reverses
                  where m.agency_id = $1 and m.undone_at is not null and m.kind <> 'linked'
                    and m.journal_id in (j.id, j.reverses, origin.journal_id))
  -- An exchange that was taken back never was, and the bank tells of none; nor of what was booked of an account by hand in error.
  and (j.source not in ('exchange', 'bank') or j.reverses is null and not exists (
      select from journals r where r.agency_id = j.agency_id and r.reverses = j.id))
"""


async def unmatched_moves(actor: Actor, lines: Sequence[Line]) -> dict[UUID, list[Move]]:
    """By bank account, what the books moved there around the days of the lines and no line has told of."""
    by_account: dict[UUID, list[Line]] = defaultdict(list)
    for line in lines:
        by_account[line.bank_account_id].append(line)
    found: dict[UUID, list[Move]] = {}
    for account_id, theirs in by_account.items():  # an agency has a handful of accounts
        days = [line.booked_on for line in theirs]
        since, until = min(days) - timedelta(days=BEFORE_DAYS), max(days) + timedelta(days=AFTER_DAYS)
        one = theirs[0]
        rows = await sql(
            MOVES,
            *(actor.agency_id, one.account_no, one.currency, since, until, account_id, one.book),
        )
        found[account_id] = [*map(_move, rows), *_bulk(rows)]
    return found


def _move(row: asyncpg.Record) -> Move:
    references = (
        row["reference"],
        row["refund_reference"],
        reference_of(row["refund_id"]) if row["refund_id"] else None,
        row["run_number"],
        row["run_reference"],
        row["statement_number"],
        row["payout_id"],
        row["exchange_reference"],
    )
    names = (row["payer"], row["debtor_name"], row["client_name"])
    return Move(
        journal_ids=(row["id"],),
        amounts=(row["amount_minor"],),
        first_on=row["effective_on"].toordinal(),
        kind=row["kind"],
        source=row["source"],
        references=tuple(one for one in references if one),
        names=tuple(one for one in names if one),
        case_id=row["case_id"],
        payment_id=row["payment_id"],
        suspense_id=row["suspense_id"],
        label=row["case_number"] or row["run_number"] or row["payout_id"] or "",
        by_processor=row["payout_id"] is not None or row["kind"] == "payout",
        is_taken_back=row["is_taken_back"],
        is_elsewhere=bool(row["is_elsewhere"]),
        not_of=frozenset(row["not_of"] or ()),
    )


def _bulk(rows: Sequence[asyncpg.Record]) -> Iterator[Move]:
    """A run's payments leave as one debit, as does what we draw; or all of it together."""
    of_run: dict[tuple[UUID, bool], list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        if row["run_id"] is not None and row["source"] == "remittance":
            of_run[row["run_id"], bool(row["is_elsewhere"])].append(row)
    for theirs in of_run.values():
        for kinds in (("paid",), ("draw",), ("paid", "draw")):
            some = [row for row in theirs if row["kind"] in kinds]
            if len(some) > 1 and len({row["kind"] for row in some}) == len(kinds):
                first = _move(some[0])
                yield replace(
                    first,
                    journal_ids=tuple(row["id"] for row in some),
                    amounts=tuple(row["amount_minor"] for row in some),
                    kind=first.kind if len(kinds) == 1 else "paid",
                    names=(),
                )

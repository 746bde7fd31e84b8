"""The account of a debtor with a creditor, line by line. Pure rules over what was placed and what the books say.

A claim came into the books as one sum. On the account it is what it was made of: the invoices, less the credits and part
payments from before it was placed. What these do not explain stands as a line of its own, so that the account ends with
what the books say, whatever it is made of.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from cases.account.moves import Move
from portal.ledger.tables import Component


class LineKind(StrEnum):
    """What a line of the account is. The order is that of lines of one day."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PART_PAYMENT = "part_payment"
    REST = "rest"
    """Of a claim as it was placed, that no invoice or credit explains."""
    INTEREST = "interest"
    COSTS = "costs"
    CORRECTION = "correction"
    PAYMENT = "payment"
    DIRECT_PAYMENT = "direct_payment"
    GOODS_RETURNED = "goods_returned"
    SET_OFF = "set_off"
    KEPT_BY_BANKS = "kept_by_banks"
    """Of a payment, at the creditor's cost."""
    PAYMENT_BACK = "payment_back"
    WRITE_OFF = "write_off"
    OWED_AGAIN = "owed_again"
    """What was written off stands in the claim again."""
    RECALLED = "recalled"
    TAKEN_UP_AGAIN = "taken_up_again"
    """Of a recalled claim, because money came for it."""
    OTHER = "other"


_ORDER = {kind: place for place, kind in enumerate(LineKind)}


@dataclass(frozen=True, slots=True)
class AccountCase:
    """A case on the account."""

    id: UUID
    number: str
    reference: str
    placed_on: date


@dataclass(frozen=True, slots=True)
class Paper:
    """An invoice, or a credit from before the placement, of a case. Amounts are minor units, above nought."""

    case_id: UUID
    kind: LineKind
    number: str
    on: date
    amount_minor: int
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """A line: what the debtor owes more, or below nought less, and what it owes from then on."""

    on: date
    kind: LineKind
    case_number: str
    text: str
    """The number of the paper, or the reason of a correction."""
    amount_minor: int
    due_on: date | None = None
    balance_minor: int = 0


def account(
    cases: Iterable[AccountCase],
    papers: Sequence[Paper],
    moves: Sequence[Move],
    on: date,
    reasons: Mapping[UUID, str] | None = None,
) -> list[AccountLine]:
    """The lines of the account up to a day, oldest first; the last balance is what the books say of these cases then.

    ``reasons`` are those of corrections, by their ids.
    """
    by_case: dict[UUID, list[Move]] = defaultdict(list)
    for move in moves:
        if move.effective_on <= on:
            by_case[move.case_id].append(move)
    lines = [
        line
        for case in cases
        if by_case[case.id] and not _taken_back(by_case[case.id])
        for line in _lines(
            case, [paper for paper in papers if paper.case_id == case.id], by_case[case.id], reasons or {}
        )
    ]
    lines.sort(key=lambda line: (line.on, _ORDER[line.kind], line.case_number))
    balance, summed = 0, []
    for line in lines:
        balance += line.amount_minor
        summed.append(replace(line, balance_minor=balance))
    return summed


def _taken_back(moves: Sequence[Move]) -> bool:
    """Whether the case was placed in error: then it never was on the account."""
    return any(move.source == "placement" and move.reverses is not None for move in moves)


def _lines(
    case: AccountCase, papers: Sequence[Paper], moves: Sequence[Move], reasons: Mapping[UUID, str]
) -> Iterator[AccountLine]:
    placed = sum(move.amount_minor for move in moves if _placed_principal(move))
    explained = 0
    for paper in papers:
        amount = paper.amount_minor if paper.kind is LineKind.INVOICE else -paper.amount_minor
        explained += amount
        yield AccountLine(
            on=paper.on, kind=paper.kind, case_number=case.number, text=paper.number, amount_minor=amount,
            due_on=paper.due_on,
        )  # fmt: skip
    if placed != explained:
        yield AccountLine(
            on=case.placed_on, kind=LineKind.REST, case_number=case.number, text=case.reference,
            amount_minor=placed - explained,
        )  # fmt: skip
    sums: dict[tuple[UUID, LineKind], int] = defaultdict(int)
    first: dict[tuple[UUID, LineKind], Move] = {}
    for move in moves:
        if not _placed_principal(move):
            key = (move.journal_id, kind_of(move))
            sums[key] += move.amount_minor
            first.setdefault(key, move)
    for (_, kind), move in zip(first, first.values(), strict=True):
        yield AccountLine(
            on=move.effective_on, kind=kind, case_number=case.number,
            text=reasons.get(move.correction, "") if move.correction else "", amount_minor=sums[move.journal_id, kind],
        )  # fmt: skip


def _placed_principal(move: Move) -> bool:
    """Whether a move put the principal on the account, of which invoices and credits are the lines."""
    return move.source == "placement" and move.component is Component.PRINCIPAL and move.amount_minor > 0


_PAID_BY = {
    "direct payment": LineKind.DIRECT_PAYMENT,
    "kept by banks": LineKind.KEPT_BY_BANKS,
    "goods returned": LineKind.GOODS_RETURNED,
    "set-off": LineKind.SET_OFF,
}


def kind_of(move: Move) -> LineKind:
    """What a move of the debt is on the account."""
    match move.source:
        case "payment" if move.reverses is not None:
            kind = LineKind.PAYMENT_BACK
        case "payment":
            kind = _PAID_BY.get(move.kind, LineKind.PAYMENT)
        case "settlement" | "write-off":
            kind = LineKind.WRITE_OFF if move.amount_minor < 0 else LineKind.OWED_AGAIN
        case "recall":
            kind = LineKind.RECALLED if move.amount_minor < 0 else LineKind.TAKEN_UP_AGAIN
        case "placement" if move.amount_minor < 0:
            kind = LineKind.RECALLED
        case "correction":
            kind = LineKind.CORRECTION
        case _:
            kind = {Component.INTEREST: LineKind.INTEREST, Component.COSTS: LineKind.COSTS}.get(
                move.component, LineKind.OTHER
            )
    return kind


GROUPS: tuple[tuple[str, frozenset[LineKind]], ...] = (
    ("claimed", frozenset({LineKind.INVOICE, LineKind.REST, LineKind.OTHER})),
    ("credits", frozenset({LineKind.CREDIT_NOTE, LineKind.PART_PAYMENT})),
    ("corrections", frozenset({LineKind.CORRECTION})),
    ("added", frozenset({LineKind.INTEREST, LineKind.COSTS})),
    ("paid", frozenset({LineKind.PAYMENT, *_PAID_BY.values(), LineKind.PAYMENT_BACK})),
    ("given_up", frozenset({LineKind.WRITE_OFF, LineKind.OWED_AGAIN, LineKind.RECALLED, LineKind.TAKEN_UP_AGAIN})),
)
"""The lines of the account's sum, and which kinds each of them adds up."""


def summary(lines: Sequence[AccountLine]) -> dict[str, int]:
    """What the groups come to; together they are the balance. A group without a line is left out."""
    found = {group: [line.amount_minor for line in lines if line.kind in kinds] for group, kinds in GROUPS}
    return {group: sum(amounts) for group, amounts in found.items() if amounts}

"""Which entries of a statement stand already, and which are new.

An entry is known by the bank's own reference where it has one, else by its text; either way with its day and amount,
and by which occurrence of that it is, so that two equal real payments stay two. Files overlap: how often a day's entry
was told is the most that one of them tells. Where a statement's balances prove its entries, the balance after each
says more: an equal entry at another place of the chain is another payment, as in the second statement of a day.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from billing.bank.reading.statement import Form, ReadEntry, ReadStatement


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry that stands, as far as it is compared."""

    key: bytes
    booked_on: date
    amount_minor: int
    occurrence: int
    balance_minor: int | None
    """The account's balance after it, where its statement proved it."""
    form: Form
    has_reference: bool


@dataclass(frozen=True, slots=True)
class New:
    """An entry to be kept, which occurrence of its key it is, and the balance after it where that is proved."""

    entry: ReadEntry
    key: bytes
    occurrence: int
    balance_minor: int | None


def key_of(entry: ReadEntry) -> bytes:
    """What an entry is known by, besides its occurrence. The account is the other half of it."""
    said = [f"reference {entry.bank_reference}"] if entry.bank_reference else _words(entry)
    return sha256("\n".join([entry.booked_on.isoformat(), str(entry.amount_minor), *said]).encode()).digest()


def _words(entry: ReadEntry) -> list[str]:
    """All that is said of an entry without a reference, without what banks change from one file to the next."""
    lines = [
        (str(line.amount_minor), line.counterparty_account, line.counterparty_name, line.creditor_reference, line.text)
        for line in entry.lines
    ]
    return [re.sub(r"\W", "", word).casefold() for line in lines for word in line]


def new_entries(statement: ReadStatement, standing: Sequence[Standing]) -> list[New]:
    """The entries of a statement that do not stand yet, in their order.

    ``standing`` are the account's entries on the days of the statement.
    """
    balances = _balances(statement)
    told = [(entry, key_of(entry), balance) for entry, balance in zip(statement.entries, balances, strict=True)]
    rest, left = _without_same_place(told, list(standing))
    if _may_be_others(rest, left):
        left = [one for one in left if one.balance_minor is None]
    rest = _without_known(rest, left, statement.form)
    last = Counter[bytes]()
    for one in standing:
        last[one.key] = max(last[one.key], one.occurrence)
    new: list[New] = []
    for entry, key, balance in rest:
        last[key] += 1
        new.append(New(entry, key, last[key], balance))
    return new


_Told = tuple[ReadEntry, bytes, int | None]
_Place = tuple[bytes, int | None]


def _balances(statement: ReadStatement) -> list[int | None]:
    """The balance after each entry, where opening and closing prove them."""
    if not statement.adds_up or statement.opening_minor is None:
        return [None] * len(statement.entries)
    balance, after = statement.opening_minor, list[int | None]()
    for entry in statement.entries:
        balance += entry.amount_minor
        after.append(balance)
    return after


def _without_same_place(told: Iterable[_Told], standing: list[Standing]) -> tuple[list[_Told], list[Standing]]:
    """What is left of both once equal entries at the same place of the chain are taken for one."""
    places = Counter[_Place]((one.key, one.balance_minor) for one in standing if one.balance_minor is not None)
    rest: list[_Told] = []
    matched = Counter[_Place]()
    for one in told:
        place = (one[1], one[2])
        if matched[place] < places[place]:
            matched[place] += 1
        else:
            rest.append(one)
    left: list[Standing] = []
    for stands in standing:
        place = (stands.key, stands.balance_minor)
        if matched[place]:
            matched[place] -= 1
        else:
            left.append(stands)
    return rest, left


def _may_be_others(rest: Sequence[_Told], left: Sequence[Standing]) -> bool:
    """Whether what is left of both can lie on one chain, one beside the other.

    Each entry leads from one balance to the next. On one chain as many lead to a balance as lead on from it, except
    where a part of the chain begins or ends. Where two lead on from the same one, the same entries were told in another
    order, and what is equal is the same.
    """
    if any(balance is None for _, _, balance in rest):
        return False
    leading = Counter[int]()
    steps = [(entry.amount_minor, balance) for entry, _, balance in rest if balance is not None]
    steps += [(one.amount_minor, one.balance_minor) for one in left if one.balance_minor is not None]
    for amount, balance in steps:
        leading[balance - amount] += 1
        leading[balance] -= 1
    return all(abs(excess) <= 1 for excess in leading.values())


def _without_known(rest: Sequence[_Told], left: Sequence[Standing], form: Form) -> list[_Told]:
    """What is told more often than it stands: by its key; and, where the bank said it in another form, by day and amount,
    since the words differ from form to form. Two references that differ are two entries all the same.
    """
    by_key = Counter(one.key for one in left)
    unknown: list[_Told] = []
    for one in rest:
        if by_key[one[1]]:
            by_key[one[1]] -= 1
        else:
            unknown.append(one)
    others: dict[tuple[date, int], list[Standing]] = defaultdict(list)
    for stands in left:
        if by_key[stands.key]:
            by_key[stands.key] -= 1
            if stands.form is not form:
                others[stands.booked_on, stands.amount_minor].append(stands)
    return [one for one in unknown if not _taken(others, one[0])]


def _taken(others: dict[tuple[date, int], list[Standing]], entry: ReadEntry) -> bool:
    """Whether an entry of another form is this one; it is taken then."""
    candidates = others.get((entry.booked_on, entry.amount_minor), [])
    for place, one in enumerate(candidates):
        if not (one.has_reference and entry.bank_reference):
            del candidates[place]
            return True
    return False

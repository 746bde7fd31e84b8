"""What is open of several postings once the credits and payments among them are taken off."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from cases.intake.as_given import Field
from cases.intake.files.postings import Posting


@dataclass(slots=True)
class Item:
    """A posting and what is still open of it; None when its amount is no number, which the rules will say."""

    posting: Posting
    amount: Decimal | None

    @property
    def text(self) -> str:
        """The amount in plain notation, or as written."""
        return self.posting.values.get(Field.AMOUNT, "") if self.amount is None else f"{self.amount:f}"


@dataclass(frozen=True, slots=True)
class Netted:
    """What is open, in the order of the rows, and how much was taken off. Nothing open: it is settled."""

    open: tuple[Item, ...]
    taken_off: Decimal


def net(postings: Sequence[Posting], *, same_invoice: bool) -> Netted:
    """Takes credits off the invoices of one case.

    The postings of the same invoice are one item. Otherwise a credit is first taken off the invoice that it names, by
    its own number or by what it settles, and then off those that fell due first. What is left of a credit stays,
    negative: it is no claim, and the rules say so.
    """
    items = [Item(posting, _amount(posting)) for posting in postings]
    if same_invoice:
        items = _added_up(items)
    debits = sorted((item for item in items if item.amount is not None and item.amount > 0), key=_fell_due)
    by_number: dict[str, list[Item]] = {}
    for item in debits:
        by_number.setdefault(item.posting.values.get(Field.NUMBER, ""), []).append(item)
    oldest = deque(debits)
    taken = Decimal(0)
    for credit in items:
        if credit.amount is not None and credit.amount < 0:
            taken += _take_off(_named(credit, by_number), credit) + _take_off(oldest, credit)
    return Netted(tuple(item for item in items if item.amount != 0), taken)


def _amount(posting: Posting) -> Decimal | None:
    try:
        amount = Decimal(posting.values.get(Field.AMOUNT, ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _added_up(items: list[Item]) -> list[Item]:
    """The debits of one invoice in its first posting, and the credits."""
    debit: Item | None = None
    kept: list[Item] = []
    for item in items:
        if item.amount is None or item.amount <= 0:
            kept.append(item)
        elif debit is None or debit.amount is None:
            debit = item
            kept.append(item)
        else:
            debit.amount += item.amount
    return kept


def _named(credit: Item, by_number: Mapping[str, list[Item]]) -> deque[Item]:
    numbers = (credit.posting.settles, credit.posting.values.get(Field.NUMBER, ""))
    return deque(item for number in numbers if number for item in by_number.get(number, ()))


def _fell_due(item: Item) -> str:
    values = item.posting.values
    return values.get(Field.DUE_ON) or values.get(Field.ISSUED_ON) or "9999"


def _take_off(debits: deque[Item], credit: Item) -> Decimal:
    """Takes a credit off one debit after the other, removing those that are settled; how much it was."""
    all_taken = Decimal(0)
    while debits and credit.amount:
        item = debits[0]
        assert item.amount is not None
        taken = min(item.amount, -credit.amount)
        item.amount -= taken
        credit.amount += taken
        all_taken += taken
        if not item.amount:
            debits.popleft()
    return all_taken

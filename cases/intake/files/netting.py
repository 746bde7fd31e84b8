"""What is open of several postings, and which of the credits and payments among them lowers which invoice."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from cases.intake.as_given import Field
from cases.intake.files.postings import Posting


@dataclass(slots=True)
class Item:
    """A posting and what is still open of it; None when its amount is no number, which the rules will say.

    ``taken`` are the credits that came off it, each with how much.
    """

    posting: Posting
    amount: Decimal | None
    taken: list[tuple[Posting, Decimal]] = field(default_factory=list)

    @property
    def number(self) -> str:
        """The number of its invoice."""
        return self.posting.values.get(Field.NUMBER, "")

    @property
    def text(self) -> str:
        """The amount before credits, in plain notation, or as written."""
        if self.amount is None:
            return self.posting.values.get(Field.AMOUNT, "")
        return f"{self.amount + sum(amount for _, amount in self.taken):f}"


@dataclass(frozen=True, slots=True)
class Credited:
    """A credit or payment that lowers an invoice which stays open: which posting, of which invoice, how much of it."""

    posting: Posting
    invoice: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Netted:
    """What is open, in the order of the rows, the credits on it, and what left together with the invoices it settled.

    Nothing open: all of it is settled.
    """

    open: tuple[Item, ...]
    credits: tuple[Credited, ...]
    settled: Decimal


def net(postings: Sequence[Posting], *, same_invoice: bool) -> Netted:
    """Finds for each credit of one case the invoices that it comes off.

    The debits of the same invoice are one item. Otherwise a credit first comes off the invoice that it names, by its own
    number or by what it settles, and then off those that fell due first. An invoice that is settled by that leaves with
    what settled it; one that is only lowered keeps its amount, with the credit beside it. What is left of a credit
    stays, negative: it is no claim, and the rules say so.
    """
    items = [Item(posting, _amount(posting)) for posting in postings]
    if same_invoice:
        items = _added_up(items)
    debits = sorted((item for item in items if item.amount is not None and item.amount > 0), key=_fell_due)
    by_number: dict[str, list[Item]] = {}
    for item in debits:
        by_number.setdefault(item.number, []).append(item)
    oldest = deque(debits)
    for credit in items:
        if credit.amount is not None and credit.amount < 0:
            _take_off(_named(credit, by_number), credit)
            _take_off(oldest, credit)
    still = tuple(item for item in items if item.amount != 0)
    credits = tuple(Credited(posting, item.number, amount) for item in still for posting, amount in item.taken)
    settled = sum((amount for item in items if item.amount == 0 for _, amount in item.taken), Decimal(0))
    return Netted(still, credits, settled)


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


def _take_off(debits: deque[Item], credit: Item) -> None:
    """Takes a credit off one debit after the other, removing those that are settled."""
    while debits and credit.amount:
        item = debits[0]
        assert item.amount is not None
        taken = min(item.amount, -credit.amount)
        if taken:
            item.amount -= taken
            item.taken.append((credit.posting, taken))
            credit.amount += taken
        if not item.amount:
            debits.popleft()

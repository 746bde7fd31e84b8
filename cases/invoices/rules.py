"""Which invoices a payment reaches, and how they stand then. Pure rules over what is known of the invoices of one case.

Among invoices the debtor's direction comes first, then the oldest due; a disputed part is never touched. What came off the
claim without naming an invoice (a correction, a settlement, a recall, an older credit) comes off the oldest that is open. What
is claimed and on no invoice is paid last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """An invoice and what names it, in minor units of its case's currency."""

    id: UUID
    number: str
    issued_on: date | None
    due_on: date
    amount_minor: int
    credited_minor: int = 0
    """By credit notes and payments from before the placement that name it."""
    paid_minor: int = 0
    """By payments since, less what of them went back."""
    disputed_minor: int = 0
    """By disputes of this invoice that nobody answered."""

    @property
    def left_minor(self) -> int:
        """What names it leaves so much open."""
        return max(0, self.amount_minor - self.credited_minor - self.paid_minor)

    @property
    def place(self) -> tuple[date, date, str, UUID]:
        """Where it stands among the invoices of its case: the oldest due first."""
        return self.due_on, self.issued_on or self.due_on, self.number, self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice as it stands. What came off it, was paid and is open add up to its amount."""

    id: UUID
    number: str
    issued_on: date | None
    due_on: date
    amount_minor: int
    off_minor: int
    """What came off it without a payment of this case: credits, corrections, what was given up or taken back."""
    paid_minor: int
    open_minor: int
    disputed_minor: int
    """Of what is open."""

    @property
    def payable_minor(self) -> int:
        """What a payment may pay on it."""
        return self.open_minor - self.disputed_minor

    def days_overdue(self, today: date) -> int:
        """Since how many days it should have been paid; nought where nothing is open or it is not due yet."""
        return max(0, (today - self.due_on).days) if self.open_minor else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The principal of a case: its invoices, the oldest due first, and what is open on none of them."""

    invoices: tuple[Invoice, ...]
    rest_minor: int = 0
    rest_paid_minor: int = 0
    """What was paid of it."""

    @property
    def open_minor(self) -> int:
        """All of it that is open."""
        return self.rest_minor + sum(invoice.open_minor for invoice in self.invoices)

    @property
    def rest_claimed_minor(self) -> int:
        """What is claimed on no single invoice, paid or not."""
        return self.rest_minor + self.rest_paid_minor

    @property
    def to_choose(self) -> tuple[Invoice, ...]:
        """The open invoices among which a debtor may say what money is for; none where it could be for one alone."""
        still_open = tuple(invoice for invoice in self.invoices if invoice.open_minor)
        return still_open if len(still_open) > 1 else ()

    @property
    def disputed_minor(self) -> int:
        """What is disputed of single invoices."""
        return sum(invoice.disputed_minor for invoice in self.invoices)


@dataclass(frozen=True, slots=True)
class Share:
    """What of a payment reaches an invoice, or what none can take."""

    invoice_id: UUID | None
    amount_minor: int
    named: bool = False
    """The debtor had named the invoice."""


def lower(left: Sequence[int], open_minor: int) -> tuple[list[int], int]:
    """What is open of each invoice, and on none of them, when so much of the principal is open.

    ``left`` is what is left of each by what names it, the oldest due first.
    """
    beyond = sum(left) - open_minor
    opens = []
    for minor in left:
        off = min(minor, max(0, beyond))
        beyond -= off
        opens.append(minor - off)
    return opens, max(0, -beyond)


def stand(papers: Sequence[Paper], principal_minor: int, *, rest_paid_minor: int = 0, whole: bool = False) -> Standing:
    """How the invoices of a case stand when so much of its principal is open; all of it is disputed where ``whole``."""
    ordered = sorted(papers, key=lambda paper: paper.place)
    opens, rest = lower([paper.left_minor for paper in ordered], principal_minor)
    invoices = tuple(
        Invoice(
            id=paper.id,
            number=paper.number,
            issued_on=paper.issued_on,
            due_on=paper.due_on,
            amount_minor=paper.amount_minor,
            off_minor=paper.amount_minor - paper.paid_minor - minor,
            paid_minor=paper.paid_minor,
            open_minor=minor,
            disputed_minor=minor if whole else min(minor, paper.disputed_minor),
        )
        for paper, minor in zip(ordered, opens, strict=True)
    )
    return Standing(invoices=invoices, rest_minor=rest, rest_paid_minor=rest_paid_minor)


def reach(principal_minor: int, standing: Standing, named: Sequence[UUID] = ()) -> list[Share]:
    """Which invoices a payment reaches that pays so much principal: those ``named``, in that order, then the oldest due.

    What none of them can take, or may take while it is disputed, stands last and alone.
    """
    by_id = {invoice.id: invoice for invoice in standing.invoices}
    first = [by_id[id] for id in dict.fromkeys(named) if id in by_id]
    left, found = principal_minor, []
    for invoice in (*first, *(each for each in standing.invoices if each not in first)):
        minor = min(left, invoice.payable_minor)
        if minor > 0:
            found.append(Share(invoice.id, minor, invoice in first))
            left -= minor
    if left > 0:
        found.append(Share(None, left))
    return found

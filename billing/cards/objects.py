"""The processor's objects, as far as the portal reads them: ids, codes, amounts in our minor units, moments in UTC.

Amounts are the processor's own where it counts a currency as ISO 4217 does; `as_theirs` and `as_ours` know the others.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from portal.errors import Refused, Unanswered
from portal.pages.text import N_

IN_HUNDREDTHS: Final = frozenset({"ISK", "UGX"})
"""Currencies without minor units that the processor counts in hundredths."""
IN_WHOLE: Final = frozenset({"MGA"})
"""Currencies with hundredths that the processor counts in whole units."""
IN_TENTHS: Final = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""Currencies of three digits, the last of which must be nought there."""


class Declined(Exception):
    """The debtor's bank, or the processor for it, said no. ``code`` is stable, ``text`` the processor's words."""

    def __init__(self, code: str, text: str, intent_id: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.intent_id = intent_id


class Rejected(Exception):
    """The processor does not do what it was asked, and would not the next time either."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


class NotThere(Rejected):
    """The processor knows no such object in this account."""


class KeyRefused(Unanswered):
    """The processor does not accept the agency's key: nothing goes until somebody puts a right one in."""


class NotUnderstood(Exception):
    """The processor says something that cannot be so; a person must look."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """What moved on the account's balance. ``amount_minor`` is negative where it left."""

    id: str
    kind: str
    currency: str
    amount_minor: int
    fee_minor: int
    source_id: str
    created: datetime

    @property
    def net_minor(self) -> int:
        """After the fee."""
        return self.amount_minor - self.fee_minor


@dataclass(frozen=True, slots=True)
class Method:
    """What was paid with. ``expires`` is a month, such as 2027-03, or empty."""

    id: str
    kind: str
    brand: str = ""
    last4: str = ""
    expires: str = ""
    customer_id: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What the debtor's browser says that money is to come from, and where the browser is: a direct debit needs that."""

    method_id: str
    kind: str
    address: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """Money taken, or the try. ``transaction`` is None while the processor has not booked it."""

    id: str
    intent_id: str
    currency: str
    amount_minor: int
    refunded_minor: int
    status: str
    created: datetime
    transaction: Transaction | None = None
    failure_code: str = ""
    failure_text: str = ""


@dataclass(frozen=True, slots=True)
class Intent:
    """A wish to take money. ``ours`` is the id of our row, as its metadata have it; empty for somebody else's."""

    id: str
    status: str
    currency: str
    amount_minor: int
    client_secret: str
    ours: str = ""
    customer_id: str = ""
    method: Method | None = None
    charge: Charge | None = None
    failure_code: str = ""
    failure_text: str = ""


@dataclass(frozen=True, slots=True)
class Setup:
    """A wish to keep a method without taking money. ``ours`` is what its metadata have of ours."""

    id: str
    status: str
    client_secret: str
    customer_id: str = ""
    method: Method | None = None
    ours: str = ""


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back. ``ours`` is the id of our row; empty where it was begun at the processor itself."""

    id: str
    charge_id: str
    currency: str
    amount_minor: int
    status: str
    created: datetime
    ours: str = ""
    failure_code: str = ""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A chargeback, with what it moved so far."""

    id: str
    charge_id: str
    currency: str
    amount_minor: int
    status: str
    reason: str
    created: datetime
    due_by: datetime | None
    transactions: tuple[Transaction, ...] = ()


@dataclass(frozen=True, slots=True)
class Payout:
    """Money sent to the trust account."""

    id: str
    currency: str
    amount_minor: int
    status: str
    arrives_on: date
    failure_code: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Word that something happened to an object. ``account_id`` is the connected account it happened in, or empty."""

    id: str
    type: str
    object_id: str
    created: datetime
    account_id: str = ""


def as_theirs(amount_minor: int, currency: str) -> int:
    """Our minor units as the processor counts them.

    Raises:
        Refused: the amount cannot be taken in this currency.
    """
    unit = 100 if currency in IN_WHOLE else 10 if currency in IN_TENTHS else 1
    if amount_minor % unit:
        raise Refused(N_("This amount cannot be taken by card: round it."), field="amount", code="not_chargeable")
    if currency in IN_WHOLE:
        return amount_minor // 100
    return amount_minor * 100 if currency in IN_HUNDREDTHS else amount_minor


def as_ours(amount: int, currency: str) -> int:
    """The processor's amount in our minor units.

    Raises:
        NotUnderstood: it counts a fraction that the currency does not have.
    """
    if currency in IN_WHOLE:
        return amount * 100
    if currency not in IN_HUNDREDTHS:
        return amount
    if amount % 100:
        raise NotUnderstood(f"{amount} hundredths of {currency}")
    return amount // 100

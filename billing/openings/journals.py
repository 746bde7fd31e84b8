"""The one journal of opening balances, in both books.

The trust book balances by itself: what its bank accounts hold, and what operating owes it, is the clients', the debtors' and
ours. The operating book has the agency's accounts, what the two books owe each other, and VAT; what is over or short of these
is what the agency had when its books began (O3000).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from portal.ledger.journal import Line, cr, dr
from portal.ledger.tables import Book

_T, _O = Book.TRUST, Book.OPERATING


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """What is brought over, in minor units of ``currency``."""

    currency: str
    trust: Mapping[UUID, int]
    """By trust account."""
    operating: Mapping[UUID, int]
    """By account of the agency's own; below nought where it is overdrawn."""
    funds: Mapping[UUID, int]
    """By client."""
    suspense_minor: int = 0
    due_to_operating_minor: int = 0
    due_from_operating_minor: int = 0
    vat_minor: int = 0


def opening_lines(balances: Balances) -> tuple[Line, ...]:
    """The lines of the journal; it balances when what the trust accounts hold is what they hold it for."""
    return (*_trust(balances), *_operating(balances))


def _trust(of: Balances) -> list[Line]:
    lines = [dr(_T, 1000, minor, of.currency, bank_account=account) for account, minor in of.trust.items() if minor]
    if of.due_from_operating_minor:
        lines.append(dr(_T, 1090, of.due_from_operating_minor, of.currency))
    lines += [cr(_T, 2000, minor, of.currency, client=client) for client, minor in of.funds.items() if minor]
    if of.suspense_minor:
        lines.append(cr(_T, 2020, of.suspense_minor, of.currency))
    if of.due_to_operating_minor:
        lines.append(cr(_T, 2040, of.due_to_operating_minor, of.currency))
    return lines


def _operating(of: Balances) -> list[Line]:
    lines = [_moved(1100, minor, of.currency, account) for account, minor in of.operating.items() if minor]
    if of.due_to_operating_minor:
        lines.append(dr(_O, 1220, of.due_to_operating_minor, of.currency))
    if of.due_from_operating_minor:
        lines.append(cr(_O, 2190, of.due_from_operating_minor, of.currency))
    if of.vat_minor:
        lines.append(cr(_O, 2100, of.vat_minor, of.currency))
    own = sum(line.amount_minor for line in lines)
    return [*lines, _moved(3000, -own, of.currency)] if own else lines


def _moved(account: int, minor: int, currency: str, bank_account: UUID | None = None) -> Line:
    side = dr if minor > 0 else cr
    return side(_O, account, abs(minor), currency, bank_account=bank_account)

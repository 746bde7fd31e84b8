"""Transfers that a payment file may carry, and why one cannot. Pure.

Euros go by SEPA, between accounts with an IBAN. Any other currency goes as a plain credit transfer: the account by IBAN or
number, and where it has no IBAN its bank by BIC or by the code that names it at home.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from stdnum.us import rtn
from text_unidecode import unidecode

from billing.bank_details.account import SEPA_COUNTRIES, SEPA_NAME, Account
from portal.pages.text import N_

EURO: Final = "EUR"
LONGEST_TEXT: Final = 140
LONGEST_REFERENCE: Final = 35
CLEARING: Final = {"GBP": ("GBDSC", r"\d{6}"), "USD": ("USABA", r"\d{9}"), "CNY": ("CNAPS", r"\d{12}")}
"""By currency the clearing system at home, and how its members' codes look: sort code, routing number, CNAPS code."""
OWN_LETTERS: Final = frozenset({"CNY"})
"""Currencies whose banks read names in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One payment of a file, in minor units of its currency."""

    account: Account
    amount_minor: int
    text: str
    reference: str


@dataclass(frozen=True, slots=True)
class ByHand:
    """Somebody whom a file cannot pay, and why (a msgid)."""

    name: str
    amount_minor: int
    currency: str
    why: str


@dataclass(frozen=True, slots=True)
class Payer:
    """The trust account that pays, by the agency's name for it."""

    id: UUID
    name: str
    account: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a payment file would hold, from which account, on which day, and who is paid by hand."""

    currency: str
    payer: Payer | None
    transfers: Sequence[Transfer]
    by_hand: Sequence[ByHand]
    execution_on: date

    @property
    def total_minor(self) -> int:
        """All its transfers together."""
        return sum(transfer.amount_minor for transfer in self.transfers)


def clearing_of(account: Account) -> tuple[str, str] | None:
    """The clearing system and the code by which it knows an account's bank; None where it is named by none that fits."""
    system, shape = CLEARING.get(account.currency, ("", ""))
    code = account.bank_code
    if not system or not re.fullmatch(shape, code) or (system == "USABA" and not rtn.is_valid(code)):
        return None
    return system, code


def why_not(account: Account) -> str | None:
    """Why a payee cannot be paid by a file in the account's currency, a msgid; None when it can."""
    if account.currency == EURO:
        if account.iban[:2] not in SEPA_COUNTRIES:
            return N_("Its account takes no SEPA transfer.")
    elif not account.iban and not account.bic and clearing_of(account) is None:
        return N_("Its bank is named neither by a BIC nor by a code that a payment file carries.")
    if account.currency in OWN_LETTERS:
        return None
    if len(unidecode(account.holder)) > SEPA_NAME or not _is_latin(account.holder):
        return N_("Its name cannot be written in a payment file.")
    return None


def can_pay(account: Account) -> bool:
    """Whether an account of the agency's can be the one that pays a file in its currency."""
    if account.currency == EURO:
        return bool(account.iban)
    return bool(account.iban) or bool(account.bic) or clearing_of(account) is not None


def _is_latin(name: str) -> bool:
    """Whether a name is written in Latin letters: those of other scripts would be spelt by sound."""
    return all(ord(letter) < 0x250 for letter in name)

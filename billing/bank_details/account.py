"""An account as a debtor needs it to pay into it, and the references that bring a transfer back to its case.

IBAN and BIC are checked by their own digits; Chinese accounts are named by number, bank, branch and CNAPS code.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import segno
from segno.helpers import make_epc_qr
from stdnum import bic as bics
from stdnum import iban as ibans
from stdnum import iso11649
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

from portal.errors import Refused
from portal.money import exponent, is_currency
from portal.pages.text import N_

SEPA_NAME: Final = 70
"""Characters of a holder's name that a SEPA transfer carries."""
LONGEST: Final = {"holder": SEPA_NAME, "bank_name": 70, "branch": 70, "bank_code": 35, "account_number": 34}
EPC_LARGEST_MINOR: Final = 99_999_999_999
"""What a payment code may ask for: 999,999,999.99 euros."""
SEPA_COUNTRIES: Final = frozenset(
    [
        "AD",
        "AT",
        "BE",
        "BG",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GI",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MC",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
        "SM",
        "VA",
    ]
)
"""Whose accounts take a transfer in euros under the SEPA scheme, by the first letters of their IBAN."""

_ACCOUNT: Final = re.compile(r"[0-9A-Z]{4,34}")
_CNAPS: Final = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where a debtor pays. Either ``iban`` or ``account_number`` is given, without blanks."""

    currency: str
    holder: str
    iban: str = ""
    account_number: str = ""
    bank_name: str = ""
    branch: str = ""
    bank_code: str = ""
    bic: str = ""

    @property
    def is_sepa(self) -> bool:
        """Whether a transfer in euros to it goes by SEPA, which knows structured references and payment codes."""
        return self.currency == "EUR" and self.iban[:2] in SEPA_COUNTRIES

    @property
    def iban_in_groups(self) -> str:
        """The IBAN as people read it: in groups of four."""
        return ibans.format(self.iban) if self.iban else ""

    @property
    def number_in_groups(self) -> str:
        """Whichever number the account has, as people read it."""
        return self.iban_in_groups or " ".join(re.findall(".{1,4}", self.account_number))


def checked(account: Account) -> Account:
    """The account as it is kept: trimmed, numbers without blanks, digits proved.

    Raises:
        Refused: something is missing or cannot be right, with its field.
    """
    tidy = replace(
        account,
        holder=one_line(account.holder), bank_name=one_line(account.bank_name), branch=one_line(account.branch),
        iban=compact(account.iban), account_number=compact(account.account_number),
        bank_code=compact(account.bank_code), bic=compact(account.bic),
    )  # fmt: skip
    if not is_currency(tidy.currency):
        raise Refused(N_("Please choose a currency."), field="currency", code="bad_currency")
    for name, limit in LONGEST.items():
        if len(getattr(tidy, name)) > limit:
            raise Refused(N_("At most %(limit)s characters."), field=name, code="too_long", limit=limit)
    if not tidy.holder or not tidy.holder.isprintable():
        raise Refused(N_("Please fill this in."), field="holder", code="missing")
    if tidy.iban and tidy.account_number:
        raise Refused(N_("Either an IBAN or an account number."), field="account_number", code="two_numbers")
    if tidy.iban:
        proved(ibans.validate, tidy.iban, "iban", N_("This is not an IBAN: its check digits do not fit."))
    else:
        _check_number(tidy)
    if tidy.bic:
        proved(bics.validate, tidy.bic, "bic", N_("This is not a BIC."))
    return tidy


def _check_number(account: Account) -> None:
    if not account.account_number:
        raise Refused(N_("An IBAN, or an account number with its bank."), field="iban", code="missing")
    if not _ACCOUNT.fullmatch(account.account_number):
        raise Refused(N_("4 to 34 digits or letters."), field="account_number", code="bad_number")
    if not account.bank_name:
        raise Refused(N_("Please fill this in."), field="bank_name", code="missing")
    if account.currency == "CNY":
        if not account.branch:
            raise Refused(N_("Please fill this in."), field="branch", code="missing")
        if not _CNAPS.fullmatch(account.bank_code):
            raise Refused(N_("The CNAPS code of the branch: 12 digits."), field="bank_code", code="bad_cnaps")


def proved(validate: Callable[[str], str], number: str, field: str, message: str) -> None:
    """Refuse a number that is none by its own digits, beside its field.

    Raises:
        Refused: it is none.
    """
    try:
        validate(number)
    except ValidationError:
        raise Refused(message, field=field, code=f"bad_{field}") from None


def one_line(text: str) -> str:
    """A text without line breaks and blanks to spare."""
    return " ".join(text.split())


def compact(text: str) -> str:
    """A number without the blanks and hyphens that people type, in capitals."""
    return re.sub(r"[\s\u00a0-]", "", text).upper()


def creditor_reference(case_number: str) -> str:
    """The structured reference (ISO 11649) of a case: ``2026-00417`` becomes ``RF52202600417``. Banks pass it on whole."""
    digits = re.sub(r"[^0-9A-Z]", "", case_number.upper())
    return f"RF{mod_97_10.calc_check_digits(digits + 'RF')}{digits}"


def in_groups(reference: str) -> str:
    """A structured reference as people read it: ``RF52 2026 0041 7``."""
    return str(iso11649.format(reference))


def case_number_in(reference: str) -> str | None:
    """The case number that a structured reference was made of; None where it is none, or its digits do not fit."""
    bare = compact(reference)
    if not iso11649.is_valid(bare):
        return None
    digits = bare[4:]
    return f"{digits[:4]}-{digits[4:]}" if len(digits) > 4 and digits.isdigit() else None


def payment_code(account: Account, amount_minor: int, reference: str) -> segno.QRCode | None:
    """The QR code that a banking app reads (EPC069-12): holder, account, amount and reference filled in.

    None where the account is not a SEPA one, or the amount one that the scheme does not carry.
    """
    if not account.is_sepa or not 0 < amount_minor <= EPC_LARGEST_MINOR:
        return None
    amount = Decimal(amount_minor).scaleb(-exponent(account.currency))
    return make_epc_qr(account.holder, account.iban, amount, reference=reference, bic=account.bic or None)

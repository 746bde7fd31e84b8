"""How to pay by transfer: the account, the amount, and the references by which the money finds its case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from billing.bank_details.account import Account, creditor_reference, in_groups, payment_code
from billing.bank_details.register import account_in_force
from cases.casework import CaseFile
from portal.pages.formats import money
from portal.pages.text import N_, translate
from portal.people.actor import Actor
from portal.people.behalf import with_the_agencys_eyes

FIELD_TEXTS: Final = {
    "amount": N_("Amount"),
    "holder": N_("Account holder"),
    "iban": N_("IBAN"),
    "account_number": N_("Account number"),
    "bic": N_("BIC"),
    "bank_name": N_("Bank"),
    "branch": N_("Branch"),
    "bank_code": N_("Bank code"),
    "cnaps": N_("CNAPS code"),
    "reference": N_("Reference"),
    "creditor_reference": N_("Structured reference"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructions:
    """What a debtor enters to pay a case by transfer. The amount is in minor units of the account's currency."""

    account: Account
    amount_minor: int
    reference: str
    """The case number: short enough for any bank, and typed on a telephone without mistake."""
    creditor_reference: str
    """The same as ISO 11649 writes it; empty where the account takes none."""
    picture: str
    """The payment code as a data address of an SVG; empty where there is none."""

    @property
    def lines(self) -> Mapping[str, str]:
        """What is entered, by the code of its field, in the order in which banks ask for it."""
        account = self.account
        found = {
            "amount": money(self.amount_minor, account.currency) if self.amount_minor else "",
            "holder": account.holder,
            "iban": account.iban_in_groups,
            "account_number": account.number_in_groups if account.account_number else "",
            "bic": account.bic,
            "bank_name": account.bank_name,
            "branch": account.branch,
            "cnaps" if account.currency == "CNY" else "bank_code": account.bank_code,
            "reference": self.reference,
            "creditor_reference": in_groups(self.creditor_reference) if self.creditor_reference else "",
        }
        return {name: text for name, text in found.items() if text}

    @property
    def spoken(self) -> list[list[str]]:
        """The same as pairs of words, for letters."""
        return [[translate(FIELD_TEXTS[name]), text] for name, text in self.lines.items()]


async def instructions_for(
    actor: Actor, case: CaseFile, amount_minor: int, at: datetime | None = None
) -> Instructions | None:
    """How ``amount_minor`` is paid on a case by transfer; None where the agency shows no account in its currency.

    ``at`` gives what was told at a moment. The accounts are the agency's: debtors and clients see of them what is asked
    for here, and no table.
    """
    async with with_the_agencys_eyes(actor) as portal:
        account = await account_in_force(portal, case.currency, at)
    if account is None:
        return None
    structured = creditor_reference(case.number) if account.is_sepa else ""
    code = payment_code(account, amount_minor, structured or case.number)
    return Instructions(
        account=account,
        amount_minor=amount_minor,
        reference=case.number,
        creditor_reference=structured,
        picture=code.svg_data_uri(scale=4, border=2, dark="#000", light="#fff") if code else "",
    )

"""Claw-backs in words: which payment went back after the client was paid its part, and what the client owes for it."""

from collections.abc import Sequence
from typing import Final

from billing.remittance.clawback import Clawback
from portal.pages.formats import amount, date_full
from portal.pages.text import N_, translate

WHY: Final = {
    "charged_back": N_("the payment of %(paid)s was charged back on %(day)s"),
    "refunded": N_("the payment of %(paid)s was paid back to the payer on %(day)s"),
}
WENT_BACK: Final = N_("the payment of %(paid)s went back on %(day)s")


def clawed_sentences(currency: str, clawbacks: Sequence[Clawback]) -> list[str]:
    """One sentence for each, spoken in the current language."""
    return [_sentence(currency, each) for each in clawbacks]


def _sentence(currency: str, clawback: Clawback) -> str:
    days = {"paid": date_full(clawback.paid_on), "day": date_full(clawback.on_day)}
    return translate(
        "Case %(case)s, %(debtor)s: %(happened)s. %(gross)s, less the fee of %(fee)s and VAT of %(vat)s that are given"
        " back: %(owed)s.",
        case=clawback.case_number,
        debtor=clawback.debtor_name,
        happened=translate(WHY.get(clawback.why, WENT_BACK), **days),
        gross=amount(clawback.gross_minor, currency),
        fee=amount(clawback.fee_minor, currency),
        vat=amount(clawback.vat_minor, currency),
        owed=amount(clawback.owed_minor, currency),
    )

"""Why a bank did not pay, in words for the agency's people. The processor's codes say more than banks want told: what is
not listed is a plain no.
"""

from collections.abc import Mapping
from typing import Final

from portal.pages.text import N_

DECLINED: Final = N_("The bank declined the payment.")
FAILURES: Final[Mapping[str, str]] = {
    "insufficient_funds": N_("There is not enough money on the account."),
    "withdrawal_count_limit_exceeded": N_("The limit of the card is used up."),
    "card_velocity_exceeded": N_("The limit of the card is used up."),
    "expired_card": N_("The card has expired."),
    "incorrect_cvc": N_("The security code of the card is wrong."),
    "invalid_cvc": N_("The security code of the card is wrong."),
    "incorrect_number": N_("The number of the card is wrong."),
    "invalid_number": N_("The number of the card is wrong."),
    "invalid_expiry_month": N_("The expiry date of the card is wrong."),
    "invalid_expiry_year": N_("The expiry date of the card is wrong."),
    "card_not_supported": N_("This card cannot be used for such payments."),
    "currency_not_supported": N_("This card cannot be used in this currency."),
    "processing_error": N_("The bank did not answer as it should."),
    "authentication_required": N_("The bank wants the debtor to confirm this payment."),
    "payment_intent_authentication_failure": N_("The debtor did not confirm the payment with the bank."),
    "amount_too_small": N_("This is too little to be paid by card."),
}


def failure_in_house(code: str) -> str:
    """The words for a code: a msgid."""
    return FAILURES.get(code, DECLINED)

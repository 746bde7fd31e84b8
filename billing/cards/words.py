"""Why a payment came to nothing, in the debtor's words. The processor's codes say more than banks want told: what is not
listed is a plain no.
"""

from collections.abc import Mapping
from typing import Final

from billing.cards.retrying import AUTHENTICATION
from portal.pages.text import N_

DECLINED: Final = N_("Your bank declined the payment. Why, only your bank can tell you.")
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
    "processing_error": N_("The bank did not answer as it should. Please try once more."),
    AUTHENTICATION: N_("Your bank wants you to confirm this payment."),
    "payment_intent_authentication_failure": N_("The payment was not confirmed with your bank."),
    "amount_too_small": N_("This is too little to be paid by card."),
}


def failure_text(code: str) -> str:
    """The words for a code: a msgid."""
    return FAILURES.get(code, DECLINED)

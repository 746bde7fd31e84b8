"""Why a payment came to nothing, in words for the debtor who reads it."""

from collections.abc import Mapping
from typing import Final

from billing.cards.retrying import AUTHENTICATION
from cases.workbench.card_failures import FAILURES
from portal.pages.text import N_

DECLINED: Final = N_("Your bank declined the payment. Why, only your bank can tell you.")
TO_THE_DEBTOR: Final[Mapping[str, str]] = {
    **FAILURES,
    "processing_error": N_("The bank did not answer as it should. Please try once more."),
    AUTHENTICATION: N_("Your bank wants you to confirm this payment."),
    "payment_intent_authentication_failure": N_("The payment was not confirmed with your bank."),
}


def failure_text(code: str) -> str:
    """The words for a code: a msgid."""
    return TO_THE_DEBTOR.get(code, DECLINED)

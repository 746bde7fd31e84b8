"""When a payment of a plan is collected again after it failed. Pure rules over what was tried so far.

What a bank says for now (not enough money, an error of its own) is asked again after some days; what it says for good (the
card has expired, the account is closed) never is, nor what only the debtor can confirm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

AUTHENTICATION: Final = "authentication_required"
"""The debtor's bank wants the debtor to confirm."""
FOR_GOOD: Final = frozenset(
    {
        "account_closed", "bank_account_closed", "card_not_supported", "currency_not_supported", "debit_not_authorized",
        "expired_card", "fraudulent", "incorrect_number", "invalid_account", "invalid_bank_account_iban",
        "invalid_number", "lost_card", "merchant_blacklist", "no_account", "payment_method_unactivated", "pickup_card",
        "resource_missing", "restricted_card", "revocation_of_all_authorizations", "revocation_of_authorization",
        "security_violation", "stolen_card", "stop_payment_order", "transaction_not_allowed",
    }
)  # fmt: skip
"""What the processor calls a no that stays one: the same card will not pay tomorrow either."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """After how many days a payment is tried again: after the first failure, after the second, and so on."""

    after_days: tuple[int, ...] = (3, 5)
    for_good: frozenset[str] = FOR_GOOD

    @property
    def most_attempts(self) -> int:
        """How often a payment is tried at most."""
        return len(self.after_days) + 1


SHIPPED: Final = RetryPolicy()


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt at one payment of a plan: on which day, with which saved method, and why it failed (empty: it is open
    or came through).
    """

    on: date
    method: str
    failure_code: str = ""
    is_open: bool = False


class Why(StrEnum):
    """Why a payment is not collected now."""

    NOT_DUE = "not_due"
    """Its day has not come."""
    OPEN = "open"
    """An attempt is under way."""
    LATER = "later"
    """It failed and is tried again in some days."""
    FOR_GOOD = "for_good"
    """The bank said no for good."""
    CONFIRM = "confirm"
    """Only the debtor can confirm it."""
    OFTEN = "often"
    """It was tried as often as it may be."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether a payment is collected now (``why`` is None), and if not, when it will be."""

    why: Why | None
    on: date | None = None


def turn(policy: RetryPolicy, due_on: date, tried: Sequence[Tried], method: str, today: date) -> Turn:
    """Whether a payment due on a day is collected today with a saved method, by what was tried before, in its order.

    What a bank said is said of one method: another one, which the debtor has consented to since, begins anew.
    """
    if any(one.is_open for one in tried):
        return Turn(Why.OPEN)
    if today < due_on:
        return Turn(Why.NOT_DUE, due_on)
    failed = [one for one in tried if one.method == method]
    if not failed:
        return Turn(None, today)
    return _after(policy, failed, today)


def _after(policy: RetryPolicy, failed: Sequence[Tried], today: date) -> Turn:
    """The same for a payment that has failed."""
    last = failed[-1]
    if last.failure_code == AUTHENTICATION:
        return Turn(Why.CONFIRM)
    if last.failure_code in policy.for_good:
        return Turn(Why.FOR_GOOD)
    if len(failed) >= policy.most_attempts:
        return Turn(Why.OFTEN)
    again = last.on + timedelta(days=policy.after_days[len(failed) - 1])
    return Turn(None, today) if again <= today else Turn(Why.LATER, again)

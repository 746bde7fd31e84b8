"""Why a claim, or a part of it, is given up by itself, in words; and what the case closes as where nothing is left of it."""

from enum import StrEnum
from typing import Final

from portal.pages.text import N_


class Reason(StrEnum):
    """Why nobody collects it any more."""

    SMALL_BALANCE = "small_balance"
    """So little is left that asking for it costs more than it brings."""
    UNECONOMICAL = "uneconomical"
    CLIENT_AGREED = "client_agreed"
    """The client ends the matter with what was paid."""
    INSOLVENT = "insolvent"
    UNTRACEABLE = "untraceable"
    LIMITATION = "limitation"
    DISPUTED = "disputed"
    """It cannot be proved well enough to go to court."""
    GOODWILL = "goodwill"
    """Interest and costs are let go, so that the debtor pays the principal; never principal."""


REASON_TEXTS: Final = {
    Reason.SMALL_BALANCE: N_("Small balance"),
    Reason.UNECONOMICAL: N_("Uneconomical"),
    Reason.CLIENT_AGREED: N_("The client agreed to end it"),
    Reason.INSOLVENT: N_("Debtor insolvent"),
    Reason.UNTRACEABLE: N_("Debtor untraceable"),
    Reason.LIMITATION: N_("Limitation expired"),
    Reason.DISPUTED: N_("Disputed, not provable"),
    Reason.GOODWILL: N_("Goodwill on interest and costs"),
}

_CLOSES_AS: Final = {
    Reason.UNECONOMICAL: "uneconomical",
    Reason.INSOLVENT: "debtor_insolvent",
    Reason.UNTRACEABLE: "debtor_untraceable",
    Reason.LIMITATION: "limitation_expired",
    Reason.DISPUTED: "disputed",
}


def closes_as(reason: Reason, *, was_paid: bool) -> str:
    """The close code of a case of which nothing is left: where the reason names none, settled if something was paid."""
    return _CLOSES_AS.get(reason, "settled_in_full" if was_paid else "uneconomical")

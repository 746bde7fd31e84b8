"""Outcomes in words."""

from enum import StrEnum
from typing import Final

from portal.pages.text import N_


class Kind(StrEnum):
    """What came of a case besides money."""

    GOODS = "goods"
    """Goods went back to the client, which takes their value off the claim."""
    SET_OFF = "set_off"
    """The client owes the debtor something, and the two are set against each other."""
    COLLATERAL = "collateral"
    """The debtor gave a security; nothing is paid by it."""
    EXTENSION = "extension"
    """More time, because somebody answers for the debt."""
    STANDSTILL = "standstill"
    """Nobody collects for a time: by agreement, by a court, or in an insolvency."""


RECOVERING: Final = frozenset({Kind.GOODS, Kind.SET_OFF})
"""Those that take value off the claim, once the client has confirmed them."""
RESTING: Final = frozenset({Kind.EXTENSION, Kind.STANDSTILL})
"""Those during which nobody asks for payment."""


class Status(StrEnum):
    """What became of an outcome."""

    PROPOSED = "proposed"
    """The client has the word."""
    STANDS = "stands"
    DECLINED = "declined"
    """The client did not confirm it."""
    WITHDRAWN = "withdrawn"
    """The agency took it back before the client said anything."""
    ENDED = "ended"
    """Collateral was released, or a rest ended before its time."""


class Security(StrEnum):
    """What kind of security it is."""

    MORTGAGE = "mortgage"
    PLEDGE = "pledge"
    RETENTION = "retention"
    ASSIGNMENT = "assignment"
    OTHER = "other"


class Ground(StrEnum):
    """Why nobody collects."""

    AGREEMENT = "agreement"
    COURT = "court"
    INSOLVENCY = "insolvency"


KIND_TEXTS: Final = {
    Kind.GOODS: N_("Goods returned"),
    Kind.SET_OFF: N_("Set-off"),
    Kind.COLLATERAL: N_("Collateral"),
    Kind.EXTENSION: N_("Extension with a guarantee"),
    Kind.STANDSTILL: N_("Standstill"),
}
KIND_HINTS: Final = {
    Kind.GOODS: N_("Their value comes off the claim, once the client confirms that it has them."),
    Kind.SET_OFF: N_("What the client owes the debtor comes off the claim, once the client confirms it."),
    Kind.COLLATERAL: N_("A security for the claim. The balance stays what it is."),
    Kind.EXTENSION: N_("A new due date, because somebody answers for the debt. Until then nobody asks for payment."),
    Kind.STANDSTILL: N_("By agreement, by a court or in an insolvency. Until it ends nobody asks for payment."),
}
STATUS_TEXTS: Final = {
    Status.PROPOSED: N_("waits for the client"),
    Status.STANDS: N_("stands"),
    Status.DECLINED: N_("not confirmed"),
    Status.WITHDRAWN: N_("withdrawn"),
    Status.ENDED: N_("ended"),
}
STATUS_TONES: Final = {
    Status.PROPOSED: "warn",
    Status.STANDS: "good",
    Status.DECLINED: "bad",
    Status.WITHDRAWN: "quiet",
    Status.ENDED: "quiet",
}
SECURITY_TEXTS: Final = {
    Security.MORTGAGE: N_("Mortgage"),
    Security.PLEDGE: N_("Pledge"),
    Security.RETENTION: N_("Retention of title"),
    Security.ASSIGNMENT: N_("Assignment of claims"),
    Security.OTHER: N_("Another security"),
}
GROUND_TEXTS: Final = {
    Ground.AGREEMENT: N_("Agreed with the debtor"),
    Ground.COURT: N_("Ordered by a court"),
    Ground.INSOLVENCY: N_("Insolvency proceedings"),
}
WHAT_TEXTS: Final = {
    Kind.GOODS: N_("Which goods"),
    Kind.SET_OFF: N_("Which claim of the debtor"),
    Kind.COLLATERAL: N_("What is given"),
    Kind.EXTENSION: N_("What was agreed"),
    Kind.STANDSTILL: N_("What was agreed or ordered"),
}
"""What the description asks for."""

"""Opening balances in words."""

from typing import Final

from billing.openings.tables import ItemKind, OpeningStatus
from portal.pages.text import N_

STATUS_TEXTS: Final = {
    OpeningStatus.DRAFT: N_("Draft"),
    OpeningStatus.PROPOSED: N_("Waits for approval"),
    OpeningStatus.APPROVED: N_("In the books"),
    OpeningStatus.DROPPED: N_("Given up"),
    OpeningStatus.UNDONE: N_("Undone"),
}
STATUS_TONES: Final = {
    OpeningStatus.DRAFT: "quiet",
    OpeningStatus.PROPOSED: "warn",
    OpeningStatus.APPROVED: "good",
    OpeningStatus.DROPPED: "quiet",
    OpeningStatus.UNDONE: "quiet",
}
KIND_TEXTS: Final = {
    ItemKind.FUNDS: N_("A client's"),
    ItemKind.SUSPENSE: N_("Nobody knows whose"),
    ItemKind.REFUND: N_("A debtor's, paid too much"),
}

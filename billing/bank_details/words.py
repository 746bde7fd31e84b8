"""Accounts for debtors in words."""

from typing import Final

from billing.bank_details.tables import DetailStatus
from portal.pages.text import N_

STATUS_TEXTS: Final = {
    DetailStatus.PROPOSED: N_("Waits to be confirmed"),
    DetailStatus.IN_FORCE: N_("Debtors pay here"),
    DetailStatus.REPLACED: N_("Replaced"),
    DetailStatus.DECLINED: N_("Declined"),
    DetailStatus.ENDED: N_("Not shown any more"),
}
STATUS_TONES: Final = {
    DetailStatus.PROPOSED: "warn",
    DetailStatus.IN_FORCE: "good",
    DetailStatus.REPLACED: "quiet",
    DetailStatus.DECLINED: "bad",
    DetailStatus.ENDED: "quiet",
}

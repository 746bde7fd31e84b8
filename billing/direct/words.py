"""Payments to the client itself in words."""

from typing import Final

from billing.direct.tables import Reporter, ReportStatus
from portal.pages.text import N_

STATUS_TEXTS: Final = {
    ReportStatus.REPORTED: N_("Being checked"),
    ReportStatus.ACCEPTED: N_("Posted"),
    ReportStatus.DECLINED: N_("Not accepted"),
}
STATUS_TONES: Final = {ReportStatus.REPORTED: "warn", ReportStatus.ACCEPTED: "good", ReportStatus.DECLINED: "bad"}
REPORTER_TEXTS: Final = {
    Reporter.CLIENT: N_("the client"),
    Reporter.DEBTOR: N_("the debtor"),
    Reporter.STAFF: N_("the agency"),
}

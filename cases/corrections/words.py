"""Corrections of a claim in words."""

from typing import Final

from cases.corrections.tables import CorrectionStatus
from portal.ledger.tables import Component
from portal.pages.text import N_

KINDS: Final = {
    "credit_note": N_("Credit note"),
    "returned_goods": N_("Goods came back"),
    "invoice_wrong": N_("The invoice was wrong"),
    "paid_before_placement": N_("Paid before it was placed"),
    "claim_too_low": N_("Too little was claimed"),
    "other": N_("Another reason"),
}
COMPONENT_TEXTS: Final = {
    Component.PRINCIPAL: N_("Principal"),
    Component.INTEREST: N_("Interest"),
    Component.COSTS: N_("Costs"),
}
STATUS_TEXTS: Final = {
    CorrectionStatus.POSTED: N_("Posted"),
    CorrectionStatus.PROPOSED: N_("Waits for the agency"),
    CorrectionStatus.REFUSED: N_("Not accepted"),
}
STATUS_TONES: Final = {
    CorrectionStatus.POSTED: "good",
    CorrectionStatus.PROPOSED: "warn",
    CorrectionStatus.REFUSED: "bad",
}

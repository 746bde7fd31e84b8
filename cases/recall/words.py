"""Recalls in words."""

from typing import Final

from cases.recall.tables import RecallStatus
from portal.pages.text import N_

REASONS: Final = {
    "settled_ourselves": N_("Settled with the debtor ourselves"),
    "business_relation": N_("We want to keep the customer"),
    "claim_dropped": N_("We give the claim up"),
    "own_collection": N_("We collect it ourselves or in court"),
    "placed_by_mistake": N_("Placed by mistake"),
    "other": N_("Another reason"),
}
STATUS_TEXTS: Final = {
    RecallStatus.PENDING: N_("Waits for an answer"),
    RecallStatus.OBJECTED: N_("Objected to"),
    RecallStatus.FINAL: N_("Gone back"),
    RecallStatus.WITHDRAWN: N_("Withdrawn"),
    RecallStatus.LAPSED: N_("The case ended first"),
}
STATUS_TONES: Final = {
    RecallStatus.PENDING: "stop",
    RecallStatus.OBJECTED: "warn",
    RecallStatus.FINAL: "quiet",
    RecallStatus.WITHDRAWN: "quiet",
    RecallStatus.LAPSED: "quiet",
}

"""The words in which the audit trail speaks the codes of the debt: the same as on the pages."""

from collections.abc import Mapping
from typing import Any, Final

from cases.acceptance.wording import CODE_TEXTS, DEBTOR_TEXTS
from cases.casework import ACTION_TEXTS, CLOSE_CODES
from cases.contact.log import OUTCOME_TEXTS
from cases.contact.question import Channel, Outcome
from cases.corrections.words import COMPONENT_TEXTS
from cases.corrections.words import KINDS as CORRECTION_KINDS
from cases.disputes import REASONS as DISPUTE_REASONS
from cases.documents.folder.batch import BATCH_REFUSALS
from cases.documents.words import KIND_TEXTS, REFUSALS, SCAN_TEXTS, Kind
from cases.intake.as_given import Field
from cases.intake.grid import PROPOSED_TEXTS, TITLES
from cases.intake.issue import FileFault
from cases.intake.tables import PlacementStatus
from cases.pauses import WHY_HELD
from cases.recall.words import REASONS as RECALL_REASONS
from cases.tables import CaseStatus, Stage
from portal.audit.codes import speak
from portal.pages.text import N_, translate

STATUSES: Final[Mapping[str, str]] = {
    CaseStatus.RECEIVED: N_("Received"),
    CaseStatus.NEEDS_INFO: N_("Waits for the client"),
    CaseStatus.ACTIVE: N_("Active"),
    CaseStatus.CLOSED: N_("Closed"),
}
PLACEMENTS: Final[Mapping[str, str]] = {
    PlacementStatus.RECEIVED: N_("Received"),
    PlacementStatus.CHECKING: N_("Not handed over yet"),
    PlacementStatus.ACCEPTED: N_("Accepted"),
    PlacementStatus.PARTLY_ACCEPTED: N_("Partly accepted"),
    PlacementStatus.REJECTED: N_("Nothing was taken"),
    PlacementStatus.CANCELLED: N_("Cancelled"),
    PlacementStatus.ROLLED_BACK: N_("Taken back"),
}
STAGES: Final[Mapping[str, str]] = {
    Stage.AMICABLE: N_("Amicable"),
    Stage.LEGAL: N_("Legal"),
    Stage.FORWARDED: N_("Forwarded"),
}
CHANNELS: Final[Mapping[str, str]] = {
    Channel.CALL: N_("Telephone"),
    Channel.EMAIL: N_("E-mail"),
    Channel.SMS: N_("Text message"),
    Channel.LETTER: N_("Letter"),
    Channel.VISIT: N_("Visit"),
}
FAULTS: Final[Mapping[str, str]] = {
    FileFault.EMPTY_FILE: N_("The file is empty."),
    FileFault.NO_ROWS: N_("The file has no rows to place."),
    FileFault.MISSING_COLUMN: N_("A column is missing."),
    FileFault.DUPLICATE_COLUMN: N_("A column occurs more than once."),
    FileFault.BAD_ENCODING: N_("The file cannot be read as text."),
    FileFault.TOO_LARGE: N_("The file is too large."),
    FileFault.TOO_MANY_ROWS: N_("The file has too many rows."),
    FileFault.TOO_MANY_COLUMNS: N_("The file has too many columns."),
    FileFault.NOT_CSV: N_("This is no CSV file."),
    FileFault.UNREADABLE_ROW: N_("A row does not end."),
    FileFault.NOT_A_TABLE: N_("This is no table."),
    FileFault.BROKEN_SPREADSHEET: N_("The spreadsheet cannot be read."),
    FileFault.PROTECTED: N_("The spreadsheet is protected by a password."),
    FileFault.TOO_HEAVY: N_("The spreadsheet takes too much memory to open."),
    FileFault.NO_SUCH_SHEET: N_("The sheet is not in the file."),
    FileFault.NO_HEADER: N_("The file ends before the row of the column names."),
    FileFault.BAD_PAYLOAD: N_("The JSON has another shape than a placement."),
}


ROW_STATES: Final[Mapping[str, str]] = {
    "ready": N_("Ready"),
    "warning": N_("Ready, with a warning"),
    "error": N_("With an error"),
    "duplicate": N_("Placed before"),
}


def _fields(value: Any, _: str) -> str:
    """Fields of a form by their spots: ``invoices.0.amount`` is the amount."""
    return translate(", ").join(translate(TITLES[Field(spot.rpartition(".")[2])]) for spot in value)


def _channels(value: object, _: str) -> str:
    return translate(", ").join(
        translate(CHANNELS[code]) if code in CHANNELS else code for code in str(value).split(",")
    )


def _kinds(value: object, _: str) -> str:
    return translate(", ").join(translate(KIND_TEXTS[Kind(kind)]) for kind in str(value).split(",") if kind)


speak("status", STATUSES, of="case")
speak("status", PLACEMENTS, of="placement")
speak("stage", STAGES)
speak("close_code", {code: words for code, (_, words) in CLOSE_CODES.items()})
speak("action", ACTION_TEXTS)
speak("outcome", {**OUTCOME_TEXTS, Outcome.SENT: N_("Sent")})
speak("reason", DISPUTE_REASONS, of="dispute.opened")
speak("reason", WHY_HELD, of="case.held")
speak("reason", RECALL_REASONS, of="recall.asked")
speak("reason", RECALL_REASONS, of="placement.recall_asked")
speak("kind", CORRECTION_KINDS, of="case")
speak("component", COMPONENT_TEXTS)
speak("channels", _channels)
speak("channel", CHANNELS, of="contact.wished")
speak("debtor_sees", _kinds)
speak("kind", KIND_TEXTS, of="document")
for action in ("accepted", "answered", "asked_again", "met", "waived"):
    speak("kind", KIND_TEXTS, of=f"requirement.{action}")
speak("kind", KIND_TEXTS, of="acceptance.changed")
speak("debtor", DEBTOR_TEXTS, of="acceptance.changed")
speak("lacks", CODE_TEXTS)
speak("refusal", REFUSALS)
speak("scan", SCAN_TEXTS)
speak("refusal", BATCH_REFUSALS, of="document_batch")
speak("door", {"web": N_("the portal"), "api": N_("the API"), "hand": N_("the form for one case")})
speak("problem", FAULTS)
speak("code", PROPOSED_TEXTS, of="placement.proposals_used")
speak("state", ROW_STATES, of="placement.row_corrected")
speak("fields", _fields, of="placement.row_corrected")
speak(
    "problem",
    {"not_all": N_("Not every row could be placed."), "nothing_left": N_("No row was left to place.")},
    of="placement.turned_down",
)

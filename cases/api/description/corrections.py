"""Claims corrected."""

from cases.api.description.parts import (
    DAY,
    ID,
    IDEMPOTENCY,
    MOMENT,
    MONEY,
    TEXT,
    JsonSchema,
    answers,
    body,
    in_path,
    maybe,
    named,
    thing,
)
from cases.corrections.tables import CorrectionStatus
from cases.corrections.words import KINDS as CORRECTION_KINDS
from portal.ledger.tables import Component

SCHEMAS: JsonSchema = {
    "CorrectionAsked": thing(
        "kind claimed reason on",
        kind={"enum": sorted(CORRECTION_KINDS)},
        component={"enum": [component.value for component in Component]},
        claimed=MONEY,
        currency=TEXT,
        reason=TEXT,
        on=DAY,
    ),
    "Correction": thing(
        "id status component claimed_before claimed",
        id=ID,
        status={"enum": [status.value for status in CorrectionStatus]},
        kind=TEXT,
        component=TEXT,
        currency=TEXT,
        claimed_before=MONEY,
        claimed=MONEY,
        reason=TEXT,
        on=DAY,
        asked_at=MOMENT,
        answer=maybe(TEXT),
    ),
}

PATHS: JsonSchema = {
    "/cases/{case_id}/corrections": {
        "post": {
            "operationId": "correct",
            "summary": "Correct what is claimed",
            "description": "`claimed` is the whole of the component, whatever was paid on it since. Less is `posted` at"
            " once, more is `proposed` to the agency.",
            "parameters": [in_path("case_id"), IDEMPOTENCY],
            "requestBody": body(application__json=named("CorrectionAsked")),
            "responses": answers(201, "Correction", 400, 404, 409, 422),
        }
    },
}

"""Cases asked back, one by one or with their placement."""

from cases.api.description.parts import (
    COUNT,
    DAY,
    FLAG,
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
    several,
    thing,
)
from cases.recall.tables import RecallStatus
from cases.recall.words import REASONS as RECALL_REASONS

SCHEMAS: JsonSchema = {
    "RecallAsked": thing("reason", reason={"enum": sorted(RECALL_REASONS)}, note=TEXT),
    "Recall": thing(
        "id status reason final_on rules",
        id=ID,
        status={"enum": [status.value for status in RecallStatus]},
        reason=TEXT,
        note=TEXT,
        asked_at=MOMENT,
        final_on=DAY,
        answer=maybe(TEXT),
        rules=thing(
            agency_may_object_until=DAY,
            final_without_answer_after_days=COUNT,
            fee_on_promised_money_for_days=COUNT,
            balance=MONEY,
            promises=several(thing(amount=MONEY, due_on=DAY)),
            open_disputes=COUNT,
        ),
    ),
    "RecallInsisted": thing("text", text={**TEXT, "description": "Why you want it back all the same."}),
    "PlacementRecall": thing(
        "id placement_id busy reason asked_at agency_may_object_until cases",
        id=ID,
        placement_id=ID,
        busy={**FLAG, "description": "Whether its cases are being seen to: look again in a moment."},
        reason=TEXT,
        note=TEXT,
        asked_at=MOMENT,
        final_on={**maybe(DAY), "description": "The first day on which a case that waits is final by itself."},
        agency_may_object_until=DAY,
        cases={"type": "object", "additionalProperties": COUNT, "description": "Numbers of cases by status."},
    ),
}

PATHS: JsonSchema = {
    "/cases/{case_id}/recall": {
        "post": {
            "operationId": "recall",
            "summary": "Ask for a case back",
            "description": "Until it is answered nobody contacts the debtor; without an answer it is final on `final_on`.",
            "parameters": [in_path("case_id"), IDEMPOTENCY],
            "requestBody": body(application__json=named("RecallAsked")),
            "responses": answers(201, "Recall", 400, 404, 409, 422),
        }
    },
    "/cases/{case_id}/recall/insistence": {
        "post": {
            "operationId": "insistOnRecall",
            "summary": "Ask again for a case to which the agency objected",
            "parameters": [in_path("case_id"), IDEMPOTENCY],
            "requestBody": body(application__json=named("RecallInsisted")),
            "responses": answers(200, "Recall", 400, 404, 409, 422),
        }
    },
    "/cases/{case_id}/recall/withdrawal": {
        "post": {
            "operationId": "withdrawRecall",
            "summary": "Leave a case with the agency after all",
            "parameters": [in_path("case_id"), IDEMPOTENCY],
            "responses": answers(200, "Recall", 400, 404, 409),
        }
    },
    "/placements/{placement_id}/recall": {
        "post": {
            "operationId": "recallPlacement",
            "summary": "Ask for every case of a placement back that still stands",
            "description": "Each case gets a recall of its own, which may be answered by itself. Asked again while one of"
            " them is asked for, it is as it was.",
            "parameters": [in_path("placement_id"), IDEMPOTENCY],
            "requestBody": body(application__json=named("RecallAsked")),
            "responses": answers(202, "PlacementRecall", 400, 404, 409, 422),
        },
        "get": {
            "operationId": "placementRecall",
            "summary": "How far the recall of a placement is",
            "parameters": [in_path("placement_id")],
            "responses": answers(200, "PlacementRecall", 404),
        },
    },
    "/placements/{placement_id}/recall/withdrawal": {
        "post": {
            "operationId": "withdrawPlacementRecall",
            "summary": "Leave the cases of a placement with the agency that are still asked for",
            "parameters": [in_path("placement_id"), IDEMPOTENCY],
            "responses": answers(202, "PlacementRecall", 400, 404, 409, 422),
        }
    },
}

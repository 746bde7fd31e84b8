"""What cases lack before the agency takes them into work."""

from cases.acceptance.rules import Code
from cases.api.description.parts import (
    FLAG,
    ID,
    IDEMPOTENCY,
    MOMENT,
    TEXT,
    JsonSchema,
    answers,
    body,
    in_path,
    maybe,
    named,
    page,
    thing,
)

SCHEMAS: JsonSchema = {
    "Requirement": thing(
        "id code kind message waits_for asked_at answered_at",
        id=ID,
        code={"enum": [code.value for code in Code]},
        kind={**maybe(TEXT), "description": "The kind of document that is missing: one that is released meets it."},
        message=TEXT,
        waits_for={"enum": ["client", "agency", "nobody"]},
        asked_at=MOMENT,
        question={**maybe(TEXT), "description": "What the agency wrote when it asked again."},
        answer=maybe(TEXT),
        cannot_supply=FLAG,
        answered_at=maybe(MOMENT),
        met_at=maybe(MOMENT),
    ),
    "RequirementPage": page("Requirement"),
    "RequirementAnswered": thing(
        "text",
        text={**TEXT, "description": "The facts that are missing, or why they cannot be supplied."},
        cannot_supply=FLAG,
    ),
}

PATHS: JsonSchema = {
    "/cases/{case_id}/requirements": {
        "get": {
            "operationId": "requirements",
            "summary": "What a case lacks, or lacked, before the agency takes it into work",
            "parameters": [in_path("case_id")],
            "responses": answers(200, "RequirementPage", 404),
        }
    },
    "/requirements/{requirement_id}/answer": {
        "post": {
            "operationId": "answerRequirement",
            "summary": "Supply a fact that is missing, or say that it cannot be supplied",
            "description": "The agency decides on the answer. A missing document is announced and sent to its case.",
            "parameters": [in_path("requirement_id"), IDEMPOTENCY],
            "requestBody": body(application__json=named("RequirementAnswered")),
            "responses": answers(200, "Requirement", 400, 404, 409, 422),
        }
    },
}

"""Payments to the client itself, as the API describes them."""

from billing.direct.tables import Reporter, ReportStatus
from cases.api.description.parts import (
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

SCHEMAS: JsonSchema = {
    "PaidDirectly": thing(
        "amount paid_on",
        amount=MONEY,
        currency=TEXT,
        paid_on=DAY,
        note=TEXT,
        document_id=maybe(ID),
        another=FLAG,
        invoice={
            **TEXT,
            "description": "The number of the invoice that it was for; else the oldest due is paid first.",
        },
    ),
    "DirectPayment": thing(
        "id case_id status amount currency paid_on",
        id=ID,
        case_id=ID,
        status={"enum": [status.value for status in ReportStatus]},
        reported_by={"enum": [reporter.value for reporter in Reporter]},
        currency=TEXT,
        amount=MONEY,
        paid_on=DAY,
        note=TEXT,
        document_id=maybe(ID),
        reported_at=MOMENT,
        client_has_it=maybe(FLAG),
        answer=maybe(TEXT),
    ),
    "DirectPayments": thing("items", items=several(named("DirectPayment"))),
}

PATHS: JsonSchema = {
    "/cases/{case_id}/direct-payments": {
        "get": {
            "operationId": "directPayments",
            "summary": "What was reported as paid to the client itself, the latest first",
            "parameters": [in_path("case_id")],
            "responses": answers(200, "DirectPayments", 404),
        },
        "post": {
            "operationId": "reportDirectPayment",
            "summary": "Report what the debtor paid to the client itself",
            "description": "Finance checks it and posts it with its fee. The same amount about the same day is the same"
            " payment, whoever reported it first; `another` says that it is not.",
            "parameters": [in_path("case_id"), IDEMPOTENCY],
            "requestBody": body(application__json=named("PaidDirectly")),
            "responses": answers(201, "DirectPayment", 400, 404, 409, 422),
        },
    }
}

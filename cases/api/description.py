"""The description of API v1 (OpenAPI 3.1), written by hand and held against the routes by a test."""

from typing import Any

from litestar import get

from cases.corrections.tables import CorrectionStatus
from cases.corrections.words import KINDS as CORRECTION_KINDS
from cases.documents.words import Kind
from cases.intake.draft import CreditKind
from cases.intake.issue import Code, FileFault
from cases.intake.tables import PlacementStatus
from cases.recall.tables import RecallStatus
from cases.recall.words import REASONS as RECALL_REASONS
from portal.api.limits import CALLS
from portal.api.paging import MOST, USUAL
from portal.ledger.tables import Component

JsonSchema = dict[str, Any]

TEXT: JsonSchema = {"type": "string"}
ID: JsonSchema = {"type": "string", "format": "uuid"}
DAY: JsonSchema = {"type": "string", "format": "date"}
MOMENT: JsonSchema = {"type": "string", "format": "date-time"}
MONEY: JsonSchema = {
    "type": "string",
    "pattern": r"^-?\d+(\.\d+)?$",
    "description": "A decimal, in the currency beside it.",
}
COUNT: JsonSchema = {"type": "integer", "minimum": 0}
TOTALS: JsonSchema = {"type": "object", "additionalProperties": MONEY, "description": "By ISO 4217 code."}


def thing(required: str = "", /, **properties: JsonSchema) -> JsonSchema:
    """An object; ``required`` names the properties that are always there."""
    schema: JsonSchema = {"type": "object", "properties": properties}
    return {**schema, "required": required.split()} if required else schema


def several(items: JsonSchema) -> JsonSchema:
    """A list."""
    return {"type": "array", "items": items}


def maybe(schema: JsonSchema) -> JsonSchema:
    """Or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def named(name: str) -> JsonSchema:
    """A schema of the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def page(name: str) -> JsonSchema:
    """A page of a list."""
    return thing("items next", items=several(named(name)), next=maybe(TEXT))


ADDRESS = thing("country", street=TEXT, postal_code=TEXT, city=TEXT, region=TEXT, country=TEXT)
DEBTOR = thing(
    "name address",
    kind={"enum": ["company", "person"]},
    name=TEXT,
    registration_number={**TEXT, "description": "In a public register; in China the unified social credit code."},
    tax_id={**TEXT, "description": "The tax or VAT number."},
    email=TEXT,
    phone=TEXT,
    language=TEXT,
    contact_person=TEXT,
    address=ADDRESS,
)
CREDIT = thing(
    "amount", kind={"enum": [kind.value for kind in CreditKind]}, number=TEXT, on=DAY, invoice=TEXT, amount=MONEY
)
CONTACT = thing("name", name=TEXT, position=TEXT, email=TEXT, phone=TEXT, authorised={"type": "boolean"})
SCHEMAS: JsonSchema = {
    "Problem": thing("type title status code", type=TEXT, title=TEXT, status=COUNT, code=TEXT, detail=TEXT, field=TEXT),
    "Placement": thing(
        "cases",
        reference=TEXT,
        control=thing(count=COUNT, totals={**TOTALS, "description": "What is claimed in all, by ISO 4217 code."}),
        cases=several(
            thing(
                "reference debtor currency invoices",
                reference=TEXT,
                debtor=DEBTOR,
                currency=TEXT,
                invoices=several(thing("number amount", number=TEXT, issued_on=DAY, due_on=DAY, amount=MONEY)),
                description=TEXT,
                interest={**MONEY, "description": "Claimed beside the invoices; in the case's currency."},
                costs={**MONEY, "description": "Costs of reminding, claimed beside the invoices."},
                credits={**several(CREDIT), "description": "Taken off the invoices, which keep their full amounts."},
                contacts=several(CONTACT),
            )
        ),
    ),
    "PlacementTaken": thing("id status", id=ID, status={"enum": [status.value for status in PlacementStatus]}),
    "PlacementError": thing(
        "row field code message",
        row={"type": "integer", "description": "0 is the whole placement; a CSV's header is row 1."},
        field=TEXT,
        code={"enum": sorted([*Code, *FileFault, "not_all", "nothing_left"])},
        message=TEXT,
        score={**COUNT, "maximum": 100, "description": "Of a duplicate: how much it is like the other claim."},
    ),
    "PlacementState": thing(
        "id status counts totals errors acknowledgement",
        id=ID,
        reference=maybe(TEXT),
        status={"enum": [status.value for status in PlacementStatus]},
        received_at=MOMENT,
        counts=thing(rows=COUNT, ready=COUNT, warnings=COUNT, errors=COUNT, duplicates=COUNT, accepted=COUNT),
        totals=TOTALS,
        errors=several(named("PlacementError")),
        errors_next=maybe(COUNT),
        acknowledgement=maybe(
            thing(
                "number acknowledged_at cases totals",
                number=TEXT,
                acknowledged_at=MOMENT,
                cases=COUNT,
                needs_info=COUNT,
                totals=TOTALS,
                first_case_number=TEXT,
                last_case_number=TEXT,
            )
        ),
    ),
    "Case": thing(
        "id number reference status situation currency placed balance",
        id=ID,
        number=TEXT,
        reference=TEXT,
        status=TEXT,
        situation=TEXT,
        close_code=maybe(TEXT),
        debtor=thing(kind=TEXT, name=TEXT, registration_number=TEXT, tax_id=TEXT, country=TEXT),
        currency=TEXT,
        placed=MONEY,
        balance=MONEY,
        placed_on=DAY,
        placement_id=maybe(ID),
        client_id=ID,
        next_step=maybe(TEXT),
        next_step_at=maybe(MOMENT),
    ),
    "CaseDetail": {
        "allOf": [
            named("Case"),
            thing(
                balance_by_component=thing(principal=MONEY, interest=MONEY, costs=MONEY),
                invoices=several(thing(number=TEXT, issued_on=maybe(DAY), due_on=DAY, amount=MONEY)),
                credits=several(thing(kind=TEXT, number=TEXT, invoice=TEXT, on=maybe(DAY), amount=MONEY)),
                documents=several(thing(id=ID, name=TEXT, kind=TEXT, state=TEXT)),
                recall=maybe(named("Recall")),
                corrections=several(named("Correction")),
                missing=several(
                    thing(code=TEXT, kind=maybe(TEXT), message=TEXT, asked_at=MOMENT, answered_at=maybe(MOMENT))
                ),
                events=several(thing(at=MOMENT, text=TEXT, details=several(TEXT))),
            ),
        ]
    },
    "CasePage": page("Case"),
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
    "DocumentAnnounced": thing("name size", name=TEXT, size=COUNT, kind={"enum": [kind.value for kind in Kind]}),
    "DocumentUpload": thing(
        "id state upload",
        id=ID,
        state=TEXT,
        upload=thing("url fields expires_at", url=TEXT, fields={"type": "object"}, expires_at=MOMENT),
    ),
    "Document": thing(
        "id case_id name state",
        id=ID,
        case_id=ID,
        name=TEXT,
        kind=TEXT,
        state={"enum": ["awaited", "arrived", "released", "refused", "removed"]},
        scan=TEXT,
        size=COUNT,
        sha256=maybe(TEXT),
        refusal=maybe(thing("code message", code=TEXT, message=TEXT)),
    ),
}

IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 255},
    "description": "The same key and call give the same answer for seven days; the same key with another call 409.",
}


def query(name: str, schema: JsonSchema, description: str) -> JsonSchema:
    """A parameter behind the question mark."""
    return {"name": name, "in": "query", "schema": schema, "description": description}


def in_path(name: str) -> JsonSchema:
    """A parameter of the path."""
    return {"name": name, "in": "path", "required": True, "schema": ID}


def answers(status: int, name: str, *faults: int) -> JsonSchema:
    """What a call may be answered with; faults come as problem details."""
    good = {"description": "Done.", "content": {"application/json": {"schema": named(name)}}}
    wrong = {"description": "Problem details.", "content": {"application/problem+json": {"schema": named("Problem")}}}
    return {str(status): good, **{str(fault): wrong for fault in sorted({401, 403, 429, *faults})}}


def body(**schemas: JsonSchema) -> JsonSchema:
    """What a call brings along, by media type (its slash written as two underscores)."""
    return {
        "required": True,
        "content": {media.replace("__", "/"): {"schema": schema} for media, schema in schemas.items()},
    }


PATHS: JsonSchema = {
    "/placements": {
        "post": {
            "operationId": "place",
            "summary": "Hand over cases",
            "description": "Checked and handed over in the background; good rows are accepted. The same reference with"
            " the same content gives the first placement, with other content 409.",
            "parameters": [IDEMPOTENCY, query("reference", TEXT, "The placement's reference, for CSV.")],
            "requestBody": body(application__json=named("Placement"), text__csv=TEXT),
            "responses": answers(202, "PlacementTaken", 400, 409, 413, 415, 422, 503),
        }
    },
    "/placements/{placement_id}": {
        "get": {
            "operationId": "placement",
            "summary": "What became of a placement",
            "parameters": [in_path("placement_id"), query("errors_after", COUNT, "Errors behind this row.")],
            "responses": answers(200, "PlacementState", 404),
        }
    },
    "/cases": {
        "get": {
            "operationId": "cases",
            "summary": "Cases, newest first",
            "parameters": [
                query("after", TEXT, "The `next` of the page before."),
                query(
                    "limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}, "Items in a page."
                ),
                query("reference", TEXT, "Only the case of this reference."),
                query("situation", TEXT, "Only cases in this situation."),
                query("placement", ID, "Only cases of this placement."),
            ],
            "responses": answers(200, "CasePage", 422),
        }
    },
    "/cases/{case_id}": {
        "get": {
            "operationId": "case",
            "summary": "One case",
            "parameters": [in_path("case_id")],
            "responses": answers(200, "CaseDetail", 404),
        }
    },
    "/cases/{case_id}/documents": {
        "post": {
            "operationId": "announceDocument",
            "summary": "Announce a document",
            "description": "Send the file within a minute as multipart/form-data to `upload.url`: `upload.fields` first,"
            " `file` last. Then complete it.",
            "parameters": [in_path("case_id"), IDEMPOTENCY],
            "requestBody": body(application__json=named("DocumentAnnounced")),
            "responses": answers(201, "DocumentUpload", 400, 404, 409, 422),
        }
    },
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
    "/documents/{document_id}/complete": {
        "post": {
            "operationId": "completeDocument",
            "summary": "Have a document looked at",
            "description": "It is then `released` or `refused`. A large one, and any while the virus scanner does not"
            " answer, has `arrived` for now; its case tells later what became of it.",
            "parameters": [in_path("document_id"), IDEMPOTENCY],
            "responses": answers(200, "Document", 404, 409, 422, 503),
        }
    },
    "/openapi.json": {
        "get": {
            "operationId": "description",
            "summary": "This description",
            "security": [],
            "responses": {
                "200": {"description": "OpenAPI 3.1", "content": {"application/json": {"schema": {"type": "object"}}}}
            },
        }
    },
}

DESCRIPTION: JsonSchema = {
    "openapi": "3.1.0",
    "info": {
        "title": "Debt portal",
        "version": "1",
        "description": f"Money is a decimal string beside its ISO 4217 currency. At most {CALLS} calls of a key a minute.",
    },
    "servers": [{"url": "/api/v1"}],
    "security": [{"key": []}],
    "paths": PATHS,
    "components": {"schemas": SCHEMAS, "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
}


@get("/openapi.json", opt={"public": True, "outside": True})
async def description() -> JsonSchema:
    """The description of the API."""
    return DESCRIPTION

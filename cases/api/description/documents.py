"""Documents of cases, sent straight into storage."""

from cases.api.description.parts import (
    COUNT,
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
    thing,
)
from cases.documents.words import Kind

SCHEMAS: JsonSchema = {
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
        version={**COUNT, "description": "Counted from 1 over what replaces one another."},
        replaces=maybe(ID),
        scan=TEXT,
        size=COUNT,
        sha256=maybe(TEXT),
        refusal=maybe(thing("code message", code=TEXT, message=TEXT)),
    ),
    "DocumentCompleted": thing(
        replaces={**ID, "description": "The document of the same case that this is a newer version of."}
    ),
}

PATHS: JsonSchema = {
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
    "/documents/{document_id}/complete": {
        "post": {
            "operationId": "completeDocument",
            "summary": "Have a document looked at",
            "description": "It is then `released` or `refused`. A large one, and any while the virus scanner does not"
            " answer, has `arrived` for now; its case tells later what became of it.",
            "parameters": [in_path("document_id"), IDEMPOTENCY],
            "requestBody": {**body(application__json=named("DocumentCompleted")), "required": False},
            "responses": answers(200, "Document", 400, 404, 409, 422, 503),
        }
    },
}

"""Cases, in lists and one by one."""

from cases.api.description.parts import (
    COUNT,
    DAY,
    ID,
    MOMENT,
    MONEY,
    PAGING,
    TEXT,
    JsonSchema,
    answers,
    in_path,
    maybe,
    named,
    page,
    query,
    several,
    thing,
)

SCHEMAS: JsonSchema = {
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
                documents=several(thing(id=ID, name=TEXT, kind=TEXT, state=TEXT, version=COUNT)),
                recall=maybe(named("Recall")),
                corrections=several(named("Correction")),
                missing=several(named("Requirement")),
                events=several(thing(at=MOMENT, text=TEXT, details=several(TEXT))),
            ),
        ]
    },
    "CasePage": page("Case"),
}

PATHS: JsonSchema = {
    "/cases": {
        "get": {
            "operationId": "cases",
            "summary": "Cases, newest first",
            "parameters": [
                *PAGING,
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
}

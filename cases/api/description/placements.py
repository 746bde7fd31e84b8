"""Placements: handed over, followed, and what in them looks like another claim."""

from cases.api.description.parts import (
    COUNT,
    DAY,
    FLAG,
    ID,
    IDEMPOTENCY,
    MOMENT,
    MONEY,
    PAGING,
    TEXT,
    TOTALS,
    JsonSchema,
    answers,
    body,
    in_path,
    maybe,
    named,
    page,
    query,
    several,
    thing,
)
from cases.intake.draft import CreditKind
from cases.intake.issue import Code, FileFault
from cases.intake.tables import PlacementStatus

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
                second_placement={**FLAG, "description": "Another agency had it before, or it was placed before."},
            )
        ),
    ),
    "Match": thing(
        "row reference placed code score reasons case_id case_number other_row",
        row=COUNT,
        reference=TEXT,
        placed={**FLAG, "description": "Whether it was placed all the same."},
        code={
            "enum": [
                code.value
                for code in (Code.ALREADY_PLACED, Code.INVOICE_PLACED, Code.LOOKS_LIKE_CASE, Code.LOOKS_LIKE_ROW)
            ]
        },
        score={**COUNT, "maximum": 100, "description": "The points of the reasons, at most 100."},
        reasons=several(thing("points text", points=COUNT, text=TEXT)),
        case_id={**maybe(ID), "description": "Your case that it is like."},
        case_number=maybe(TEXT),
        other_row={**maybe(COUNT), "description": "The earlier row of the placement that it is like."},
    ),
    "MatchPage": page("Match"),
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
    "/placements/{placement_id}/matches": {
        "get": {
            "operationId": "matches",
            "summary": "Rows that repeat, or look like, another of your claims",
            "parameters": [in_path("placement_id"), *PAGING],
            "responses": answers(200, "MatchPage", 404, 422),
        }
    },
}

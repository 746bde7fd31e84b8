"""Cases, in lists and one by one."""

from cases.api.description.parts import (
    COUNT,
    DAY,
    FLAG,
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
        second_placement={**FLAG, "description": "Another agency had it before, or it was placed again."},
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
                invoices=several(
                    thing(
                        number=TEXT,
                        issued_on=maybe(DAY),
                        due_on=DAY,
                        amount=MONEY,
                        taken_off={**MONEY, "description": "By credits, corrections and what was given up."},
                        paid={**MONEY, "description": "By payments since the placement."},
                        open=MONEY,
                        disputed={**MONEY, "description": "Of what is open."},
                    )
                ),
                on_no_invoice={
                    **thing(paid=MONEY, open=MONEY),
                    "description": "Principal that is on no single invoice. With what is open of invoices it is the principal.",
                },
                credits=several(thing(kind=TEXT, number=TEXT, invoice=TEXT, on=maybe(DAY), amount=MONEY)),
                documents=several(thing(id=ID, name=TEXT, kind=TEXT, state=TEXT, version=COUNT)),
                recall=maybe(named("Recall")),
                corrections=several(named("Correction")),
                missing=several(named("Requirement")),
                interest=maybe(named("Interest")),
                costs=thing(advanced=MONEY, recovered=MONEY, invoiced=MONEY, open=MONEY),
                events=several(thing(at=MOMENT, text=TEXT, details=several(TEXT))),
            ),
        ]
    },
    "Interest": thing(
        "as_of accrued rates",
        as_of={**DAY, "description": "To the end of this day."},
        accrued={**MONEY, "description": "Beside the balance, and in none of its components yet."},
        rates=several(
            thing(
                component={"enum": ["principal", "costs"]},
                since=DAY,
                rate=maybe({"type": "string", "description": "A decimal: 0.0927 is 9.27 %. Null: none is known."}),
                for_days={"enum": [365, 360, 1], "description": "How many days the rate is for."},
                basis={**TEXT, "description": "agreed, or the code of a statutory table."},
                paused=maybe({"enum": ["frozen", "rests", "plan"]}),
            )
        ),
    ),
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

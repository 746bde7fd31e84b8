"""What is said of a row whose claim the client has placed before, or that looks like another one."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import asyncpg

from cases.intake.issue import Code, Issue, Severity, found
from cases.intake.likeness import Likeness, Pair, same_invoice, same_reference

Draft = Mapping[str, Any]


def known_issue(record: asyncpg.Record, draft: Draft, reference_field: str) -> Issue:
    """The issue of a stored row that has an earlier case or another row beside it.

    ``reference_field`` is the door's own name of the reference.
    """
    row, number, invoice = record["row_number"], record["duplicate_number"], record["duplicate_invoice"]
    if record["state"] != "duplicate":
        return _alike(row, number, draft, json.loads(record["likeness"]))
    if not invoice:
        likeness = same_reference(draft["reference"])
        return found(Severity.ERROR, row, reference_field, Code.ALREADY_PLACED, {"number": number}, likeness=likeness)
    amount_minor = next(drafted["amount_minor"] for drafted in draft["invoices"] if drafted["number"] == invoice)
    likeness = same_invoice(draft["name"], record["duplicate_name"], draft["currency"], invoice, amount_minor)
    params = {"invoice": invoice, "number": number}
    return found(Severity.ERROR, row, "", Code.INVOICE_PLACED, params, likeness=likeness)


def _alike(row: int, number: str | None, draft: Draft, facts: Mapping[str, Any]) -> Issue:
    likeness = Likeness(
        number=Pair(facts["number"], facts["known_number"]),
        debtor=Pair(draft["name"], facts["debtor"]),
        currency=draft["currency"],
        amount_minor=facts["amount_minor"],
        due_on=date.fromisoformat(facts["due_on"]) if facts["due_on"] else None,
    )
    if facts["row"] is not None:
        params = {"other_row": facts["row"]}
        return found(Severity.WARNING, row, "", Code.LOOKS_LIKE_ROW, params, likeness=likeness)
    return found(Severity.WARNING, row, "", Code.LOOKS_LIKE_CASE, {"number": number or ""}, likeness=likeness)

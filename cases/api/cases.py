"""Cases as systems see them."""

from typing import Any
from uuid import UUID

import asyncpg
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.acceptance.requirements import lacking_of
from cases.api.beside import told_of
from cases.api.corrections import correction_as_json
from cases.api.interest import interest_as_json
from cases.api.recalls import recall_as_json
from cases.api.requirements import requirement_as_json
from cases.casework import COLUMNS, CaseFile, case_file, load_case
from cases.corrections.register import corrections_of
from cases.documents.evidence import documents_of
from cases.invoices.register import standing_of
from cases.invoices.rules import Invoice
from cases.recall.register import latest_recall
from cases.workbench.client_view import entries_for_client, step_of
from cases.workbench.timeline import Entry
from portal.api.paging import as_page, page_of
from portal.money import decimal_string
from portal.pages.text import speaking
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.tenancy.database import sql

ApiRequest = Request[Any, Any, Any]

LIST = f"""
select {COLUMNS}, last_activity_at from cases
where agency_id = $1 and id < $2 and ($3 = '' or reference = $3) and ($4 = '' or situation = $4)
  and ($5::uuid is null or placement_id = $5)
order by id desc limit $6
"""  # noqa: S608 - names of columns


@get("/cases", guards=[needs("cases.read")])
async def listed(request: ApiRequest, actor: NamedDependency[Actor]) -> dict[str, object]:
    """Cases, newest first; narrowed by ``reference``, ``situation`` or ``placement``."""
    query = request.query_params
    after, limit = page_of(query)
    rows = await sql(
        LIST,
        actor.agency_id,
        after,
        query.get("reference", ""),
        query.get("situation", ""),
        _placement(query),
        limit + 1,
    )
    with speaking("en"):
        items = [_as_item(actor, case_file(row)) for row in rows]
    return as_page(items, limit, str(rows[limit - 1]["id"]) if len(rows) > limit else None)


def _placement(query: Any) -> UUID | None:
    try:
        return UUID(query["placement"]) if "placement" in query else None
    except ValueError:
        return UUID(int=0)


def _as_item(actor: Actor, case: CaseFile) -> dict[str, object]:
    item: dict[str, object] = {
        "id": str(case.id),
        "number": case.number,
        "reference": case.reference,
        "status": case.status.value,
        "situation": case.situation,
        "close_code": case.close_code,
        "debtor": {
            "kind": case.debtor_kind,
            "name": case.debtor_name,
            "registration_number": case.debtor_registration_number,
            "tax_id": case.debtor_tax_id,
            "country": case.debtor_country,
        },
        "currency": case.currency,
        "placed": decimal_string(case.placed_minor, case.currency),
        "balance": decimal_string(case.balance_minor, case.currency),
        "placed_on": case.placed_on.isoformat(),
        "second_placement": case.second_placement,
        "placement_id": str(case.placement_id) if case.placement_id else None,
        "next_step": step_of(case) if case.is_open else None,
        "next_step_at": case.next_action_at.isoformat() if case.is_open and case.next_action_at else None,
    }
    if actor.is_staff:
        item["client_id"] = str(case.client_id)
    return item


CREDITS = """
select kind, number, invoice_number, "on", amount_minor from case_credits
where agency_id = $1 and case_id = $2 order by "on" nulls last, id
"""


@get("/cases/{case_id:uuid}", guards=[needs("cases.read")])
async def show(actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> dict[str, object]:
    """A case with its balance by component, interest and costs beside it, its invoices, documents, corrections and recall, what it lacks, and its
    timeline as its client sees it."""
    case = await load_case(actor, case_id)
    standing = await standing_of(actor, case)
    credits = await sql(CREDITS, actor.agency_id, case.id)
    entries, _ = await entries_for_client(actor, case)
    documents = await documents_of(actor, case) if actor.may("documents.read") else []
    recall = await latest_recall(actor, case)
    with speaking("en"):
        item = _as_item(actor, case)
        missing = [requirement_as_json(each) for each in await lacking_of(actor, case)]
        events = [_as_event(entry) for entry in entries if entry.client_sees]
    return {
        **item,
        "balance_by_component": {
            "principal": decimal_string(case.principal_minor, case.currency),
            "interest": decimal_string(case.interest_minor, case.currency),
            "costs": decimal_string(case.costs_minor, case.currency),
        },
        "invoices": [_as_invoice(case, invoice) for invoice in standing.invoices],
        "on_no_invoice": {
            "paid": decimal_string(standing.rest_paid_minor, case.currency),
            "open": decimal_string(standing.rest_minor, case.currency),
        },
        "credits": [_as_credit(case, row) for row in credits],
        "documents": [
            {
                "id": str(one.id),
                "name": one.file_name,
                "kind": one.kind,
                "state": one.state,
                "version": one.version_number,
            }
            for one in documents
        ],
        "recall": recall_as_json(recall, case) if recall is not None else None,
        "corrections": [correction_as_json(one) for one in await corrections_of(actor, case)],
        "missing": missing,
        "interest": await interest_as_json(actor, case),
        **await told_of(actor, case),
        "events": events,
    }


def _as_event(entry: Entry) -> dict[str, object]:
    """An entry of the timeline in the words its client reads."""
    return {"at": entry.at.isoformat(), "text": str(entry.head), "details": [str(line) for line in entry.lines]}


def _as_invoice(case: CaseFile, invoice: Invoice) -> dict[str, object]:
    minors = {
        "amount": invoice.amount_minor,
        "taken_off": invoice.off_minor,
        "paid": invoice.paid_minor,
        "open": invoice.open_minor,
        "disputed": invoice.disputed_minor,
    }
    return {
        "number": invoice.number,
        "issued_on": invoice.issued_on.isoformat() if invoice.issued_on else None,
        "due_on": invoice.due_on.isoformat(),
        **{name: decimal_string(minor, case.currency) for name, minor in minors.items()},
    }


def _as_credit(case: CaseFile, row: asyncpg.Record) -> dict[str, object]:
    return {
        "kind": row["kind"],
        "number": row["number"],
        "invoice": row["invoice_number"],
        "on": row["on"].isoformat() if row["on"] else None,
        "amount": decimal_string(row["amount_minor"], case.currency),
    }

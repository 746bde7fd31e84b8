"""Checked rows as they lie in the database between check and hand-over, and back."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from cases.debtors import match_name, told_apart_by
from cases.intake.draft import CaseDraft, CheckedRow
from cases.intake.issue import Code, Issue, Severity
from cases.intake.known import known_issue
from cases.intake.likeness import same_reference
from cases.intake.summary import Summary, Total
from cases.intake.written import Written, written_of

Columns = tuple[list[Any], ...]
"""Values of stored rows, a list for each column of `INSERT`."""

INSERT = """
insert into placement_rows (agency_id, client_id, placement_id, row_number, state, reference, currency, amount_minor,
                            given, cells, draft, issues, written)
select $1, $2, $3, row_number, state, reference, currency, amount_minor, given::jsonb, cells::jsonb, draft::jsonb,
       issues::jsonb, written::jsonb
from unnest($4::int[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[], $10::text[], $11::text[],
            $12::text[], $13::text[])
    as checked (row_number, state, reference, currency, amount_minor, given, cells, draft, issues, written)
"""


def as_columns(rows: Iterable[CheckedRow]) -> Columns:
    """Rows as `INSERT` takes them: only what somebody will look at again is kept of a row without findings."""
    return tuple(map(list, zip(*map(_stored, rows), strict=True)))


def _stored(row: CheckedRow) -> tuple[object, ...]:
    state = "error" if row.draft is None else "warning" if row.issues else "ready"
    return (
        row.row,
        state,
        row.reference,
        row.currency,
        row.amount_minor,
        as_kept_json(dict(row.given)) if row.issues else "{}",
        as_kept_json(row.cells) if row.draft is None else "[]",
        as_kept_json(_draft(row.draft)) if row.draft else None,
        as_kept_json([as_facts(issue) for issue in row.issues]) if row.issues else "[]",
        as_kept_json(row.written.to_facts()) if row.written else None,
    )


_encode = msgspec.json.Encoder().encode
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def as_kept_json(value: object) -> str:
    """JSON without what PostgreSQL cannot keep: noughts, and halves of characters from somebody's JSON."""
    try:
        text = _encode(value)
    except UnicodeEncodeError:
        text = _ENCODER.encode(value).encode("utf-8", "replace")
    return text.decode().replace("\\u0000", "\ufffd")


def _draft(draft: CaseDraft) -> dict[str, object]:
    """The draft as hand-over reads it, in SQL."""
    debtor, address = draft.debtor, draft.debtor.address
    return {
        "reference": draft.reference,
        "description": draft.description,
        "currency": draft.currency,
        "total_minor": draft.total_minor,
        "oldest_due_on": min(invoice.due_on for invoice in draft.invoices).isoformat(),
        "kind": debtor.kind.value,
        "name": debtor.name,
        "match_name": match_name(debtor.name),
        "email": debtor.email,
        "email_given": debtor.email_given,
        "phone": debtor.phone,
        "phone_given": debtor.phone_given,
        "language": debtor.language,
        "contact_person": debtor.contact_person,
        "street": address.street,
        "postal_code": address.postal_code,
        "match_postal_code": " ".join(address.postal_code.upper().split()),
        "city": address.city,
        "region": address.region,
        "country": address.country,
        "invoices": [
            {
                "number": invoice.number,
                "issued_on": invoice.issued_on.isoformat() if invoice.issued_on else None,
                "due_on": invoice.due_on.isoformat(),
                "amount_minor": invoice.amount_minor,
            }
            for invoice in draft.invoices
        ],
        **_beside(draft),
    }


def _beside(draft: CaseDraft) -> dict[str, object]:
    """What few claims have beside their invoices; left out where there is none."""
    credits = [
        {
            "kind": credit.kind.value,
            "number": credit.number,
            "on": credit.on.isoformat() if credit.on else None,
            "invoice_number": credit.invoice_number,
            "amount_minor": credit.amount_minor,
        }
        for credit in draft.credits
    ]
    contacts = [asdict(contact) for contact in draft.contacts]
    parts: dict[str, object] = {
        "registration_number": draft.debtor.registration_number,
        "tax_id": draft.debtor.tax_id,
        "told_apart_by": told_apart_by(draft.debtor),
        "interest_minor": draft.interest_minor,
        "costs_minor": draft.costs_minor,
        "credits": credits,
        "contacts": contacts,
        "second_placement": draft.second_placement,
    }
    return {name: part for name, part in parts.items() if part}


def as_facts(issue: Issue) -> dict[str, object]:
    """An issue as it is stored."""
    return {
        "row": issue.row,
        "field": issue.field,
        "code": issue.code.value,
        "severity": issue.severity.value,
        "message": issue.message,
        "params": dict(issue.params),
        "proposal": issue.proposal,
    }


def as_issue(facts: Mapping[str, Any]) -> Issue:
    """An issue as it was stored."""
    repeats = facts["code"] == Code.DUPLICATE_REFERENCE
    return Issue(
        facts["row"],
        facts["field"],
        Code(facts["code"]),
        Severity(facts["severity"]),
        facts["message"],
        facts["params"],
        facts["proposal"],
        same_reference(facts["params"]["value"]) if repeats else None,
    )


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row of a checked placement. ``duplicate_of`` and ``duplicate_number`` name the client's own earlier case.

    ``written`` is what may be corrected of it, ``corrections`` who changed what and when, the last one last.
    """

    row: int
    state: str
    given: Mapping[str, str]
    cells: tuple[str, ...]
    draft: Mapping[str, Any] | None
    issues: tuple[Issue, ...]
    duplicate_of: UUID | None
    duplicate_number: str | None
    reference: str
    written: Written
    corrections: tuple[Mapping[str, Any], ...]

    @property
    def left_out_because(self) -> str:
        """The reason for which somebody left the row out; empty when nobody did."""
        reasons = [note["left_out"] for note in self.corrections if "left_out" in note]
        return str(reasons[-1]) if self.state == "left_out" and reasons else ""

    @property
    def errors(self) -> tuple[Issue, ...]:
        """What keeps the row from being placed."""
        return tuple(issue for issue in self.issues if issue.severity is Severity.ERROR)


ROW_COLUMNS = """r.row_number, r.state, r.given, r.cells, r.draft, r.issues, r.duplicate_of, r.duplicate_invoice, r.reference,
       r.written, r.corrected, c.number as duplicate_number, r.likeness,
       c.debtor_name as duplicate_name"""

SELECT = f"""
select {ROW_COLUMNS}
from placement_rows r left join cases c on c.agency_id = r.agency_id and c.id = r.duplicate_of
where r.agency_id = $1 and r.placement_id = $2 and r.state = any($3) and r.row_number > $4
order by r.row_number limit $5
"""  # noqa: S608 - own column names


def stored_row(record: asyncpg.Record, reference_field: str) -> StoredRow:
    """A row of `SELECT`; ``reference_field`` is the door's own name of the reference."""
    issues = tuple(map(as_issue, json.loads(record["issues"])))
    draft = json.loads(record["draft"]) if record["draft"] else None
    if draft and (record["duplicate_number"] or record["likeness"]):
        issues = (known_issue(record, draft, reference_field), *issues)
    return StoredRow(
        record["row_number"],
        record["state"],
        json.loads(record["given"]),
        tuple(json.loads(record["cells"])),
        draft,
        issues,
        record["duplicate_of"],
        record["duplicate_number"],
        record["reference"],
        _written(record["written"], draft),
        tuple(json.loads(record["corrected"] or "[]")),
    )


def _written(facts: str | None, draft: Mapping[str, Any] | None) -> Written:
    """What was written of a row: kept where it has an error, else as its draft says it; of an unreadable row nothing."""
    if facts is not None:
        return Written.from_facts(json.loads(facts))
    return written_of(draft) if draft is not None else Written(invoices=({},))


def totals_as_facts(totals: Mapping[str, Total]) -> dict[str, dict[str, int]]:
    """Totals per currency as they are stored."""
    return {code: {"cases": total.cases, "amount_minor": total.amount_minor} for code, total in sorted(totals.items())}


def totals_of(facts: Mapping[str, Mapping[str, int]]) -> dict[str, Total]:
    """Totals per currency as they were stored."""
    return {code: Total(total["cases"], total["amount_minor"]) for code, total in facts.items()}


def summary_of(facts: Mapping[str, Any]) -> Summary:
    """As much of a stored summary as a client's control figures are compared with."""
    return Summary(rows=facts["rows"], read_totals=totals_of(facts["read_totals"]))

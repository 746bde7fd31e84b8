"""Placements as systems see them."""

import asyncio
import io
import json
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.intake.as_given import LIMITS, LONGEST, Field
from cases.intake.issue import FileError, Issue, Severity
from cases.intake.json_placement import read_json_placement
from cases.intake.matches import Match, matches_of
from cases.intake.placement import BAD, PlacementFile, load_placement, rows_of
from cases.intake.receive import ReferenceTaken, arrival, receive
from portal.api.idempotency import Answer, once
from portal.api.paging import as_page, rows_page_of
from portal.errors import Refused
from portal.money import decimal_string
from portal.pages.faults import problem
from portal.pages.text import N_, speaking
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.storage.store import StoreAway

ApiRequest = Request[Any, Any, Any]
ERRORS = 1000
"""Rows with errors in one answer; ``errors_next`` leads to more."""
FORMS = {"application/json": "json", "text/csv": "csv"}


@post("/placements", guards=[needs("placements.submit")], status_code=202)
async def place(request: ApiRequest, actor: NamedDependency[Actor]) -> Answer:
    """Take a placement in; it is checked and handed over by jobs, and its status tells what became of it."""
    if request.scope.get("body_too_large"):
        megabytes = LIMITS.size_bytes // (1024 * 1024)
        return problem(413, "Too large", code="too_large", detail=f"At most {megabytes} MB.")
    form = FORMS.get(request.headers.get("content-type", "").partition(";")[0].strip().lower())
    if form is None:
        return problem(415, "Unsupported media type", code="unsupported_media_type", detail=" or ".join(FORMS))
    body = await request.body()
    return await once(request, actor, body, lambda: _place(request, actor, form, body))


async def _place(request: ApiRequest, actor: Actor, form: str, body: bytes) -> Answer:
    try:
        if form == "json":
            reference = await asyncio.to_thread(_reference_in, body)
        else:
            reference = _reference_of(request)
        came = await arrival(io.BytesIO(body), form, "api", "", reference)
        placement = (await receive(actor, came)).placement
    except ReferenceTaken as taken:
        return problem(409, "Reference taken", code=taken.code, detail=str(taken), placement_id=str(taken.placement_id))
    except FileError as error:
        return problem(422, "Not a placement", code=error.code, detail=error.text())
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        return problem(400, "Not JSON", code="bad_json", detail=str(error))
    except StoreAway:
        return storage_away()
    return Response({"id": str(placement.id), "status": placement.status.value}, status_code=202)


def storage_away() -> Answer:
    """The answer while object storage does not answer us: nothing was kept."""
    away = problem(503, "Storage away", code="storage_away", detail="Nothing was kept. Try again later.")
    away.headers["Retry-After"] = "30"
    return away


def _reference_of(request: ApiRequest) -> str:
    """The reference of a CSV placement, given beside it in the address."""
    reference = request.query_params.get("reference", "").strip()
    if len(reference) > LONGEST[Field.REFERENCE]:
        raise Refused(
            N_("At most %(limit)s characters."), field="reference", code="too_long", limit=LONGEST[Field.REFERENCE]
        )
    if not reference.isprintable():
        raise Refused(N_("This contains a character that cannot be kept."), field="reference", code="bad_text")
    return reference


def _reference_in(body: bytes) -> str:
    """The reference of a JSON placement. Raises what is wrong with the body as a whole."""
    placement = read_json_placement(json.loads(body))
    for issue in placement.issues:
        if issue.field == "reference" and issue.severity is Severity.ERROR:
            raise Refused(issue.message, field="reference", code=issue.code, **issue.params)
    return placement.reference


@get("/placements/{placement_id:uuid}", guards=[needs("placements.read")])
async def show(request: ApiRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]) -> dict[str, object]:
    """What became of a placement."""
    placement = await load_placement(actor, placement_id)
    after = request.query_params.get("errors_after", "0")
    behind = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    rows = await rows_of(actor, placement, BAD, behind, ERRORS + 1)
    with speaking("en"):
        found = [_as_error(issue) for row in rows[:ERRORS] for issue in row.errors]
        whole = [] if after != "0" else _whole_errors(placement)
    return {
        **_as_json(placement),
        "errors": whole + found,
        "errors_next": rows[ERRORS - 1].row if len(rows) > ERRORS else None,
    }


@get("/placements/{placement_id:uuid}/matches", guards=[needs("placements.read")])
async def matches(
    request: ApiRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]
) -> dict[str, object]:
    """The rows that repeat, or look like, another claim of the same client, with the score and its reasons."""
    placement = await load_placement(actor, placement_id)
    after, limit = rows_page_of(request.query_params)
    found = await matches_of(actor, placement, after, limit + 1)
    with speaking("en"):
        items = [_as_match(match) for match in found]
    return as_page(items, limit, str(found[limit - 1].row) if len(found) > limit else None)


def _as_match(match: Match) -> dict[str, object]:
    likeness = match.issue.likeness
    assert likeness is not None
    return {
        "row": match.row,
        "reference": match.reference,
        "placed": match.state == "placed",
        "code": match.issue.code.value,
        "score": likeness.score,
        "reasons": [{"points": points, "text": str(reason)} for reason, points in likeness.parts()],
        "case_id": str(match.case_id) if match.case_id else None,
        "case_number": match.case_number,
        "other_row": match.issue.params.get("other_row"),
    }


def _whole_errors(placement: PlacementFile) -> list[dict[str, object]]:
    """What is wrong with the placement as a whole, as row 0."""
    errors = [_as_error(issue) for issue in placement.notes if issue.severity is Severity.ERROR]
    if placement.fault is not None:
        fault = placement.fault
        errors.append({"row": 0, "field": "", "code": fault.code.value, "message": fault.text()})
    elif placement.problem is not None:
        message = "The same cases were placed meanwhile."
        errors.append({"row": 0, "field": "", "code": placement.problem["code"], "message": message})
    return errors


def _as_error(issue: Issue) -> dict[str, object]:
    error = {"row": issue.row, "field": issue.field, "code": issue.code.value, "message": issue.text()}
    return error if issue.likeness is None else {**error, "score": issue.likeness.score}


def _as_json(placement: PlacementFile) -> dict[str, object]:
    counts = {name: placement.summary.get(name, 0) for name in ("rows", "ready", "warnings", "errors", "duplicates")}
    accepted = placement.summary.get("accepted")
    acknowledgement = None
    if accepted is not None and placement.acknowledged_at is not None:
        acknowledgement = {
            "number": placement.acknowledgement_number,
            "acknowledged_at": placement.acknowledged_at.isoformat(),
            "cases": accepted["cases"],
            "needs_info": accepted.get("needs_info", 0),
            "totals": _totals(accepted["totals"]),
            "first_case_number": accepted["first_number"],
            "last_case_number": accepted["last_number"],
        }
    return {
        "id": str(placement.id),
        "reference": placement.reference,
        "status": placement.status.value,
        "received_at": placement.received_at.isoformat(),
        "counts": {**counts, "accepted": accepted["cases"] if accepted else 0},
        "totals": _totals(placement.summary.get("totals", {})),
        "acknowledgement": acknowledgement,
    }


def _totals(totals: dict[str, dict[str, int]]) -> dict[str, str]:
    return {currency: decimal_string(total["amount_minor"], currency) for currency, total in totals.items()}

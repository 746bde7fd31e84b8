"""Checking rows again after a person changed them: the same rules as for the file, for these rows and those that depend
on them.

Of several rows with one reference only the first may be placed. So with a row that changes, those that have the
reference it had, or gets, are checked again as well.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from cases.intake.alike import mark_alike
from cases.intake.as_given import Field, GivenCase, Name
from cases.intake.check import CheckContext, check_rows
from cases.intake.draft import CheckedRow
from cases.intake.issue import Code
from cases.intake.placement import PlacementFile
from cases.intake.stored import ROW_COLUMNS, StoredRow, as_columns, stored_row, totals_as_facts
from cases.intake.summary import Total
from cases.intake.tally import counted, mark_duplicates
from cases.intake.written import LISTS, OF_CASE, Written, spot
from portal.audit.record import as_json
from portal.people.actor import Actor
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import sql

AT_ONCE: Final = 2000
"""How many rows of the same references are checked again with those that change."""

LOAD: Final = f"""
select {ROW_COLUMNS}
from placement_rows r left join cases c on c.agency_id = r.agency_id and c.id = r.duplicate_of
where r.agency_id = $1 and r.placement_id = $2 and r.row_number = any($3)
order by r.row_number
"""  # noqa: S608 - own column names

LOAD_LIKE: Final = f"""
select {ROW_COLUMNS}
from placement_rows r left join cases c on c.agency_id = r.agency_id and c.id = r.duplicate_of
where r.agency_id = $1 and r.placement_id = $2 and r.reference = any($3) and r.state <> 'left_out'
  and r.row_number <> all($4)
order by r.row_number limit {AT_ONCE}
"""  # noqa: S608 - own column names

WRITE: Final = """
update placement_rows r
set state = n.state, reference = n.reference, currency = n.currency, amount_minor = n.amount_minor,
    given = n.given::jsonb, cells = n.cells::jsonb, draft = n.draft::jsonb, issues = n.issues::jsonb,
    written = n.written::jsonb,
    corrected = case when n.correction is null then r.corrected
                     else coalesce(r.corrected, '[]') || n.correction::jsonb end,
    duplicate_of = null, duplicate_invoice = '', likeness = null
from unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::text[],
            $11::text[], $12::text[], $13::text[])
    as n (row_number, state, reference, currency, amount_minor, given, cells, draft, issues, written, correction)
where r.agency_id = $1 and r.placement_id = $2 and r.row_number = n.row_number
"""


async def rows_by_number(placement: PlacementFile, numbers: Collection[int]) -> list[StoredRow]:
    """Rows of a placement, in their order."""
    found = await sql(LOAD, placement.agency_id, placement.id, list(numbers))
    return [stored_row(record, placement.field_name(Field.REFERENCE)) for record in found]


async def recheck(
    actor: Actor,
    placement: PlacementFile,
    rows: list[StoredRow],
    written: Mapping[int, Written],
    context: CheckContext,
    note: Mapping[str, Any],
) -> None:
    """Check rows as they are written now, and those that share a reference with them; ``note`` says who changed them.

    The caller holds the placement's row. A row of ``rows`` that is not in ``written`` is being left out.
    """
    changed = [_changed(placement, row, written[row.row]) for row in rows if row.row in written]
    references = {row.reference for row in rows} | {row.written.values.get(Field.REFERENCE, "") for row in changed}
    others = await sql(
        LOAD_LIKE,
        *(placement.agency_id, placement.id, list(references - {""}), [row.row for row in rows]),
    )
    like = [stored_row(record, placement.field_name(Field.REFERENCE)) for record in others]
    together = sorted([*changed, *like], key=lambda row: row.row)
    checked = list(check_rows((given_case(placement, row) for row in together), context))
    notes = {row.row: as_json({**note, **_difference(row, written[row.row])}) for row in rows if row.row in written}
    if checked:
        corrections = [notes.get(row.row) for row in checked]
        await sql(WRITE, placement.agency_id, placement.id, *as_columns(checked), corrections)
    numbers = [row.row for row in checked]
    # Debtors are known again by names that people of a client do not see.
    async with with_the_agencys_eyes(actor):
        await mark_duplicates(placement, numbers)
        await mark_alike(placement, sorted({*numbers, *(row.row for row in rows)}))


def _difference(row: StoredRow, now: Written) -> dict[str, object]:
    """What was changed: by spot, before and after."""
    before, after = row.written.texts(), now.texts()
    names = [name for name in {**before, **after} if before.get(name, "") != after.get(name, "")]
    return {
        "before": {name: before.get(name, "") for name in names},
        "after": {name: after.get(name, "") for name in names},
    }


def _changed(placement: PlacementFile, row: StoredRow, written: Written) -> StoredRow:
    """A row as it is written now, also where it stands in the file: that is how it goes back to be corrected there."""
    columns = placement.summary.get("columns", [])
    before, given, cells = row.written.texts(), dict(row.given), list(row.cells)
    for known in (*OF_CASE, *LISTS["invoices"]):
        text, caption = written.texts().get(spot(known), ""), placement.field_name(known)
        if text == before.get(spot(known), ""):
            continue
        given[caption] = text
        if caption in columns and columns.index(caption) < len(cells):
            cells[columns.index(caption)] = text
    return replace(row, written=written, given=given, cells=tuple(cells))


def given_case(placement: PlacementFile, row: StoredRow) -> GivenCase:
    """A stored row as the rules take it, in the words of its file. What was read from the file itself is still true."""
    kept = tuple(issue for issue in row.issues if issue.code is Code.CREDIT_TAKEN_OFF)
    given = row.written.given(row.row, _names(placement), kept)
    return replace(given, given=row.given, cells=row.cells)


def _names(placement: PlacementFile) -> Name:
    def name(known: Field, place: int) -> str:
        caption = placement.field_name(known)
        return caption if not place else f"{caption} ({place + 1})"

    return name


def check_alone(row: int, written: Written, context: CheckContext) -> CheckedRow:
    """What the rules say of one case by itself, its findings named by the spots of a form."""
    (checked,) = check_rows([written.given(row)], context)
    return checked


def with_proposals(written: Written, context: CheckContext, code: str = "") -> Written:
    """With what is proposed filled in, of one code or of all."""
    issues = check_alone(0, written, context).issues
    proposed = {issue.field: issue.proposal for issue in issues if issue.proposal and code in ("", issue.code)}
    if not proposed:
        return written
    return filled_in(written, proposed)


def filled_in(written: Written, texts: Mapping[str, str]) -> Written:
    """With some of its fields changed. A reference that is the first invoice's number stays so."""
    now = {**written.texts(), **texts}
    counts = {several: len(written.entries(several)) for several in LISTS}
    reference, number = spot(Field.REFERENCE), spot(Field.NUMBER)
    before = written.texts()
    if now[reference] == before[reference] == before.get(number, ""):
        now[reference] = now.get(number, "")
    return Written.from_texts(now, counts)


READ_TOTALS: Final = """
select currency, count(*) as cases, sum(amount_minor)::bigint as amount_minor
from placement_rows where agency_id = $1 and placement_id = $2 and state <> 'left_out' and currency is not null
group by currency
"""

COUNTS: Final = """
select count(*) filter (where state <> 'left_out') as rows, count(*) filter (where state = 'left_out') as left_out,
       count(*) filter (where corrected is not null) as corrected
from placement_rows where agency_id = $1 and placement_id = $2
"""

PROPOSALS: Final = """
select issue ->> 'code' as code, count(distinct r.id) as rows
from placement_rows r cross join lateral jsonb_array_elements(r.issues) as issue
where r.agency_id = $1 and r.placement_id = $2 and r.state = 'error' and issue ->> 'proposal' is not null
group by 1 order by 1
"""

CONCLUDE: Final = """
update placements set summary = summary || $3::jsonb, amending = null,
                      status = case when status = 'rejected' and $4 then 'checking' else status end
where agency_id = $1 and id = $2
"""


async def recount(placement: PlacementFile) -> None:
    """Let the figures of a placement follow its rows. One of which nothing could be taken may be handed over now."""
    whose = (placement.agency_id, placement.id)
    counts = await counted(*whose)
    read = {row["currency"]: Total(row["cases"], row["amount_minor"]) for row in await sql(READ_TOTALS, *whose)}
    (more,) = await sql(COUNTS, *whose)
    left_out = {**placement.summary.get("left_out", {}), "by_hand": more["left_out"]}
    summary = {
        **counts,
        "rows": more["rows"],
        "read_totals": totals_as_facts(read),
        "left_out": left_out,
        "corrected": more["corrected"],
        "proposals": {row["code"]: row["rows"] for row in await sql(PROPOSALS, *whose)},
    }
    await sql(CONCLUDE, *whose, as_json(summary), counts["ready"] > 0)

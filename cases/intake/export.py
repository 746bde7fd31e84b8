"""The list of placements as a file for a spreadsheet: a row for each, or for each of its currencies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cases.intake.placement import NEWEST, Listed, newest
from portal import clock
from portal.pages.export import Amount, Cell
from portal.pages.sheet import PAGE, Sheet, pages
from portal.pages.text import N_, translate
from portal.people.actor import Actor

COLUMNS: Final = {
    N_("Received at"): 16, N_("Reference"): 20, N_("File"): 32, N_("Client"): 24, N_("Handed over by"): 20,
    N_("Status"): 18, N_("Rows with errors"): 10, N_("Duplicates"): 10, N_("Currency"): 8, N_("Cases"): 8,
    N_("Amount"): 16, N_("Acknowledgement"): 18, N_("Acknowledged at"): 16,
}  # fmt: skip

STEP_TEXTS: Final = {
    "reading": N_("Being checked"),
    "checked": N_("Not handed over yet"),
    "amending": N_("Being corrected"),
    "handing_over": N_("Being handed over"),
    "rejected": N_("Nothing was taken"),
    "cancelled": N_("Cancelled"),
    "rolled_back": N_("Taken back"),
    "accepted": N_("Accepted"),
    "partly_accepted": N_("Partly accepted"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A placement in one of its currencies; without a currency when nothing of it could be read."""

    listed: Listed
    currency: str | None
    cases: int
    amount_minor: int


def placements_sheet(actor: Actor) -> Sheet[Part]:
    """The placements of the list, newest first."""

    async def read(before: UUID | None) -> tuple[Sequence[Part], UUID | None]:
        listed, more = await newest(actor, before or NEWEST, PAGE)
        following = listed[-1].placement.id if more else None
        return [part for line in listed for part in _parts(line)], following

    name = f"placements-{clock.today(actor.time_zone).isoformat()}"
    return Sheet(name=name, title=N_("Placements"), columns=COLUMNS, pages=pages(read), cells=_cells)


def _parts(listed: Listed) -> Iterator[Part]:
    """What became cases, or before that would: by currency."""
    summary = listed.placement.summary
    taken = summary.get("accepted", summary)
    totals = taken.get("totals", {})
    for currency, total in totals.items():
        yield Part(listed, currency, int(total["cases"]), int(total["amount_minor"]))
    if not totals:
        yield Part(listed, None, 0, 0)


def _cells(part: Part) -> Sequence[Cell]:
    placement, summary = part.listed.placement, part.listed.placement.summary
    step = placement.status.value if placement.step == "acknowledged" else placement.step
    return (
        placement.received_at, placement.reference, placement.file_name, part.listed.client_name,
        placement.submitted_by_name, translate(STEP_TEXTS[step]), int(summary.get("errors", 0)),
        int(summary.get("duplicates", 0)), part.currency, part.cases,
        Amount(part.amount_minor, part.currency) if part.currency else None, placement.acknowledgement_number,
        placement.acknowledged_at,
    )  # fmt: skip

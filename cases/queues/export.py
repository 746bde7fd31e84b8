"""The queue as a file for a spreadsheet: the cases in their order, each with why it stands there."""

from collections.abc import Sequence
from typing import Final

from cases.queues.filters import Filters
from cases.queues.overview import overview
from cases.queues.work import BAND_TEXTS, START, Cursor, Row, place_of, work
from portal import clock
from portal.pages.export import Amount, Cell
from portal.pages.sheet import PAGE, Sheet, pages
from portal.pages.text import N_, translate
from portal.pages.vocabulary import situation_word, verdict_word
from portal.people.actor import Actor

COLUMNS: Final = {
    N_("Case number"): 12, N_("Debtor"): 32, N_("City"): 16, N_("Country"): 8, N_("Client"): 24, N_("Reference"): 16,
    N_("Situation"): 18, N_("Currency"): 8, N_("Balance"): 14, N_("Days past due"): 12, N_("Band"): 24, N_("Score"): 8,
    N_("Next step"): 24, N_("Next step at"): 16, N_("Why now"): 48, N_("Contact"): 16, N_("Their time zone"): 20,
}  # fmt: skip


async def queue_sheet(actor: Actor, filters: Filters) -> Sheet[Row]:
    """The cases of the narrowed queue."""
    opened = (await overview(actor, filters)).open

    async def read(after: Cursor | None) -> tuple[Sequence[Row], Cursor | None]:
        rows, more = await work(actor, filters, opened, after or START, PAGE)
        return rows, place_of(rows[-1]) if more else None

    name = f"queue-{clock.today(actor.time_zone).isoformat()}"
    return Sheet(name=name, title=N_("Queue"), columns=COLUMNS, pages=pages(read), cells=_cells)


def _cells(row: Row) -> Sequence[Cell]:
    case = row.case
    return (
        case.number, case.debtor_name, case.debtor_city, case.debtor_country, row.client_name, case.reference,
        situation_word(case.situation).text, case.currency, Amount(case.balance_minor, case.currency), row.days,
        translate(BAND_TEXTS[case.band]), case.score, translate(row.action), case.next_action_at,
        "; ".join(str(reason) for reason in (row.urgent, row.why) if reason),
        f"{verdict_word(row.lamp.verdict.value)}, {row.lamp_second}", row.zone,
    )  # fmt: skip

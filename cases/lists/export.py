"""The list of cases as a file for a spreadsheet."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cases.casework import ACTION_TEXTS, NextAction
from cases.lists.listing import Line, Narrowing, Order, Place, list_cases
from cases.workbench.client_view import next_step
from portal import clock
from portal.pages.export import Amount, Cell
from portal.pages.sheet import PAGE, Sheet, pages
from portal.pages.text import N_, current_zone, translate
from portal.pages.vocabulary import situation_word
from portal.people.actor import Actor

COLUMNS: Final = {
    N_("Case number"): 12, N_("Reference"): 16, N_("Client"): 24, N_("Debtor"): 32, N_("City"): 16, N_("Country"): 8,
    N_("Situation"): 18, N_("Currency"): 8, N_("Placed"): 14, N_("Balance"): 14, N_("Placed on"): 11,
    N_("Oldest due date"): 14, N_("Days past due"): 12, N_("Next step"): 24, N_("Next step on"): 12, N_("Closed on"): 11,
}  # fmt: skip


def cases_sheet(actor: Actor, narrowing: Narrowing, order: Order) -> Sheet[Line]:
    """The cases of a narrowed list in its order."""

    async def read(after: Place | None) -> tuple[Sequence[Line], Place | None]:
        page = await list_cases(actor, narrowing, order, after=after, limit=PAGE)
        return page.lines, page.following

    def cells(line: Line) -> Sequence[Cell]:
        return _cells(line, staff=actor.is_staff)

    name = f"cases-{clock.today(actor.time_zone).isoformat()}"
    return Sheet(name=name, title=N_("Cases"), columns=COLUMNS, pages=pages(read), cells=cells)


def _cells(line: Line, *, staff: bool) -> Sequence[Cell]:
    stands = line.closed_at or line.situation == "recall_pending"
    step, at = (None, None) if stands else (line.next_action, line.next_action_at)
    return (
        line.number, line.reference, line.client_name, line.debtor_name, line.debtor_city, line.debtor_country,
        situation_word(line.situation).text, line.currency, Amount(line.placed_minor, line.currency),
        Amount(line.balance_minor, line.currency), line.placed_on, line.oldest_due_on, line.days,
        _step(NextAction(step), staff=staff) if step else None, _day(at), _day(line.closed_at),
    )  # fmt: skip


def _step(action: NextAction, *, staff: bool) -> str:
    return translate(ACTION_TEXTS[action] if staff else next_step(action))


def _day(moment: datetime | None) -> Cell:
    return moment.astimezone(current_zone()).date() if moment else None

"""The list of cases as a file for a spreadsheet."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Final

from cases.casework import ACTION_TEXTS, NextAction
from cases.lists.listing import Line, Narrowing, every_case
from cases.workbench.client_view import next_step
from portal.money import decimal_string
from portal.pages.export import neutral
from portal.pages.text import N_, speaking, translate
from portal.pages.vocabulary import SITUATIONS, situation_word
from portal.people.actor import Actor

HEADINGS: Final = (
    N_("Case number"), N_("Reference"), N_("Client"), N_("Debtor"), N_("City"), N_("Country"), N_("Situation"),
    N_("Currency"), N_("Placed"), N_("Balance"), N_("Placed on"), N_("Oldest due date"), N_("Days past due"),
    N_("Next step"), N_("Next step on"), N_("Closed on"),
)  # fmt: skip

BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it Excel takes UTF-8 for the local code page and spoils every name outside it."""


async def as_csv(actor: Actor, narrowing: Narrowing) -> AsyncIterator[str]:
    """The lines of a CSV (RFC 4180, UTF-8 with a mark): amounts with a decimal point, ISO dates, no live formulas."""
    with speaking(actor.language, actor.time_zone):
        headings = [translate(heading) for heading in HEADINGS]
        situations = {code: situation_word(code).text for code in SITUATIONS}
        steps = {
            action: translate(ACTION_TEXTS[action] if actor.is_staff else next_step(action)) for action in NextAction
        }
    yield BYTE_ORDER_MARK + _written(headings)
    async for line in every_case(actor, narrowing):
        yield _written(_cells(line, situations, steps))


def _cells(line: Line, situations: dict[str, str], steps: dict[NextAction, str]) -> list[str]:
    return [
        line.number, line.reference, line.client_name, line.debtor_name, line.debtor_city, line.debtor_country,
        situations[line.situation], line.currency, decimal_string(line.placed_minor, line.currency),
        decimal_string(line.balance_minor, line.currency), line.placed_on.isoformat(), line.oldest_due_on.isoformat(),
        str(line.days), steps[NextAction(line.next_action)] if line.next_action and not line.closed_at else "",
        line.next_action_at.date().isoformat() if line.next_action_at and not line.closed_at else "",
        line.closed_at.date().isoformat() if line.closed_at else "",
    ]  # fmt: skip


def _written(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([neutral(cell) for cell in cells])
    return text.getvalue()

"""What of a claim was there on the day on which money came, when that day becomes known later."""

from collections import defaultdict
from datetime import date

from billing.parts import Parts
from cases.account.moves import Move, debt_moves
from cases.casework import CaseFile
from portal.ledger.tables import Component


async def later(case: CaseFile, day: date) -> Parts:
    """What of a case's open interest and costs cannot be paid on a day, because it came to be owed, or was paid, since."""
    if not case.interest_minor and not case.costs_minor:
        return Parts()
    moves = await debt_moves([case.id])
    return Parts(
        interest_minor=later_of(case.interest_minor, _of(moves, Component.INTEREST), day),
        costs_minor=later_of(case.costs_minor, _of(moves, Component.COSTS), day),
    )


def _of(moves: list[Move], component: Component) -> dict[date, int]:
    by_day: dict[date, int] = defaultdict(int)
    for move in moves:
        if move.component is component:
            by_day[move.effective_on] += move.amount_minor
    return by_day


def later_of(open_minor: int, by_day: dict[date, int], day: date) -> int:
    """How much more is open now than at the lowest point from the end of a day on, by what moved it on each day."""
    running = least = open_minor
    for on in sorted((each for each in by_day if each > day), reverse=True):
        running -= by_day[on]
        least = min(least, running)
    return open_minor - max(0, least)

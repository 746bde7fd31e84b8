"""Money that moved from one account of the agency to another of the same kind: two banks tell of one thing."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from billing.bank.matching.affairs import AffairCode, AffairReason, OwnAffair
from billing.bank.matching.candidates import Line, load_lines
from portal.people.actor import Actor
from portal.tenancy.database import sql

DAYS: Final = 5
"""So many days the money may be on its way."""

OTHERS: Final = """
select given.place, o.id as other_id, coalesce(nullif(a.iban, ''), a.account_number) as own_number,
       coalesce(nullif(b.iban, ''), b.account_number) as other_number
from unnest($2::int[], $3::uuid[], $4::bigint[], $5::date[]) as given (place, account_id, minor, day)
join bank_accounts a on a.agency_id = $1 and a.id = given.account_id
join bank_accounts b on b.agency_id = $1 and b.book = a.book and b.currency = a.currency and b.id <> a.id
join bank_lines o on o.agency_id = $1 and o.bank_account_id = b.id and o.status = 'open' and o.amount_minor = -given.minor
    and o.booked_on between given.day - $6::int and given.day + $6::int
"""


async def transfer_affairs(actor: Actor, lines: Sequence[Line]) -> dict[UUID, OwnAffair]:
    """By open line, the line of another account of the agency that is the other side of it, where one names the other.

    It is certain where both name each other's account, and there is one such line only.
    """
    found: dict[UUID, list[OwnAffair]] = defaultdict(list)
    for line, other, own_number, other_number in await other_sides(actor, lines):
        affair = _affair(line, other, own_number, other_number)
        if not {one.code for one in affair.reasons}.isdisjoint({AffairCode.NAMES_OTHER, AffairCode.NAMED_THERE}):
            found[line.id].append(affair)
    return {
        line_id: several[0] if len(several) == 1 else _unsure(max(several, key=lambda one: one.confidence))
        for line_id, several in found.items()
    }


async def other_sides(actor: Actor, lines: Sequence[Line]) -> list[tuple[Line, Line, str, str]]:
    """Each line with the open lines of the opposite amount on the agency's other accounts, and the numbers of both accounts."""
    given = [(place, line.bank_account_id, line.amount_minor, line.booked_on) for place, line in enumerate(lines)]
    if not given:
        return []
    rows = await sql(OTHERS, actor.agency_id, *(list(column) for column in zip(*given, strict=True)), DAYS)
    others = {line.id: line for line in await load_lines(actor, list({row["other_id"] for row in rows}))}
    return [(lines[row["place"]], others[row["other_id"]], row["own_number"], row["other_number"]) for row in rows]


def _affair(line: Line, other: Line, own_number: str, other_number: str) -> OwnAffair:
    reasons = [AffairReason(AffairCode.OTHER_SIDE, 40)]
    if line.counterparty_account == other_number:
        reasons.append(AffairReason(AffairCode.NAMES_OTHER, 25))
    if other.counterparty_account == own_number:
        reasons.append(AffairReason(AffairCode.NAMED_THERE, 25))
    reasons.append(AffairReason(AffairCode.DAYS_NEAR, 10))
    return OwnAffair("transfer", tuple(reasons), other.id, other.account_name, is_certain=len(reasons) == 4)


def _unsure(affair: OwnAffair) -> OwnAffair:
    return OwnAffair(affair.what, affair.reasons, affair.of_id, affair.label)

"""One account of the ledger: who has which part of it on a day, and the lines that made it so, the latest first."""

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from portal.errors import NotFound
from portal.ledger.accounts import CHART, Account, Holder
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

PAGE: Final = 50

PARTS: Final = """
select l.client_id, k.name, sum(l.amount_minor)::bigint as amount_minor
from journal_lines l join clients k on k.agency_id = l.agency_id and k.id = l.client_id
where l.agency_id = $1 and l.account = $2 and l.currency = $3 and l.effective_on <= $4
group by l.client_id, k.name having sum(l.amount_minor) <> 0 order by k.name, l.client_id
"""

STANDS: Final = """
select coalesce(sum(amount_minor), 0)::bigint as amount_minor from journal_lines
where agency_id = $1 and account = $2 and currency = $3 and ($4::uuid is null or client_id = $4)
  and (effective_on, journal_id, position) <= ($5, $6, $7)
"""

LINES: Final = """
select l.journal_id, l.position, l.effective_on, l.amount_minor, l.component, j.kind, l.client_id, k.name as client_name,
       l.case_id, c.number as case_number, c.debtor_name, b.name as bank_name
from journal_lines l
join journals j on j.agency_id = l.agency_id and j.id = l.journal_id
left join clients k on k.agency_id = l.agency_id and k.id = l.client_id
left join cases c on c.agency_id = l.agency_id and c.id = l.case_id
left join bank_accounts b on b.agency_id = l.agency_id and b.id = l.bank_account_id
where l.agency_id = $1 and l.account = $2 and l.currency = $3 and ($4::uuid is null or l.client_id = $4)
  and (l.effective_on, l.journal_id, l.position) <= ($5, $6, $7)
order by l.effective_on desc, l.journal_id desc, l.position desc limit $8
"""

LAST: Final = UUID(int=2**128 - 1)


class Place(NamedTuple):
    """Where a page begins: a line and everything before it."""

    day: date
    journal_id: UUID = LAST
    position: int = 32767

    def __str__(self) -> str:
        return f"{self.day.isoformat()}_{self.journal_id}_{self.position}"


def place_in(text: str | None, day: date) -> Place:
    """The place that an address names, else the end of a day.

    Raises:
        NotFound: it names none.
    """
    if not text:
        return Place(day)
    try:
        on, journal_id, position = text.split("_")
        return Place(date.fromisoformat(on), UUID(journal_id), int(position))
    except ValueError:
        raise NotFound from None


@dataclass(frozen=True, slots=True)
class Part:
    """What one client has of an account, in minor units and positive on the account's own side."""

    client_id: UUID
    name: str
    balance_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """A line on an account: an amount, debit positive, and what stood on the account after it on its own side."""

    journal_id: UUID
    position: int
    effective_on: date
    amount_minor: int
    component: str | None
    kind: str
    client_id: UUID | None
    client_name: str | None
    case_id: UUID | None
    case_number: str | None
    debtor_name: str | None
    bank_name: str | None
    after_minor: int = 0


def account_of(number: int) -> Account:
    """An account of the chart.

    Raises:
        NotFound: there is none of this number.
    """
    if number not in CHART:
        raise NotFound
    return CHART[number]


async def parts_of(actor: Actor, account: Account, currency: str, day: date) -> list[Part]:
    """Which client has how much of an account at the end of a day."""
    actor.require("ledger.read")
    if account.holder is Holder.AGENCY:
        return []
    rows = await sql(PARTS, actor.agency_id, account.number, currency, day)
    return [Part(row["client_id"], row["name"], account.sign * row["amount_minor"]) for row in rows]


async def lines_on(
    actor: Actor, account: Account, currency: str, client_id: UUID | None, begin: Place
) -> tuple[list[AccountLine], int, Place | None]:
    """One page of an account's lines from a place back, what stood on it there, and where the next page begins."""
    actor.require("ledger.read")
    of = (actor.agency_id, account.number, currency, client_id, *begin)
    stands = await sql_one(STANDS, *of)
    assert stands is not None
    rows = await sql(LINES, *of, PAGE + 1)
    lines, after = [], stands["amount_minor"]
    for row in rows[:PAGE]:
        lines.append(AccountLine(**row, after_minor=account.sign * after))
        after -= row["amount_minor"]
    following = rows[PAGE] if len(rows) > PAGE else None
    end = Place(following["effective_on"], following["journal_id"], following["position"]) if following else None
    return lines, account.sign * stands["amount_minor"], end

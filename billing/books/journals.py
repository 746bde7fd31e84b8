"""The journals of a period, read line by line in bounded memory, for an accountant's program."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from billing.books.words import BOOKS, kind_text
from portal.errors import Refused
from portal.ledger.accounts import CHART
from portal.pages.export import Amount, Cell
from portal.pages.sheet import PAGE, Sheet, pages
from portal.pages.text import N_, translate
from portal.people.actor import Actor
from portal.tenancy.database import sql

FIRST: Final = UUID(int=0)

LINES: Final = """
select j.id as journal_id, l.position, j.effective_on, j.posted_at, j.kind, j.source, j.external_id, j.reverses,
       coalesce(u.name, '') as posted_by_name, l.book, l.account, l.currency, l.amount_minor, l.component,
       l.client_id, coalesce(k.name, '') as client_name, coalesce(c.number, '') as case_number,
       coalesce(b.name, '') as bank_name
from journals j
join journal_lines l on l.agency_id = j.agency_id and l.journal_id = j.id
left join users u on u.id = j.posted_by
left join clients k on k.agency_id = l.agency_id and k.id = l.client_id
left join cases c on c.agency_id = l.agency_id and c.id = l.case_id
left join bank_accounts b on b.agency_id = l.agency_id and b.id = l.bank_account_id
where j.agency_id = $1 and j.effective_on between $2 and $3 and (j.effective_on, j.id, l.position) > ($4, $5, $6)
order by j.effective_on, j.id, l.position limit $7
"""

COLUMNS: Final = {
    N_("Takes effect"): 11, N_("Posted"): 16, N_("Posted by"): 20, N_("Kind"): 22, N_("Book"): 10, N_("Account"): 8,
    N_("Name of the account"): 22, N_("Client"): 24, N_("Case number"): 12, N_("Component"): 10, N_("Bank account"): 18,
    N_("Currency"): 8, N_("Debit"): 14, N_("Credit"): 14, N_("Source"): 14, N_("Known by"): 36, N_("Journal"): 36,
    N_("Takes back"): 36,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A line of a journal with its journal. A debit is positive, a credit negative, in minor units."""

    journal_id: UUID
    position: int
    effective_on: date
    posted_at: datetime
    kind: str
    source: str
    external_id: str
    reverses: UUID | None
    posted_by_name: str
    book: str
    account: int
    currency: str
    amount_minor: int
    component: str | None
    client_id: UUID | None
    client_name: str
    case_number: str
    bank_name: str


@dataclass(frozen=True, slots=True)
class Period:
    """From a day through another."""

    since: date
    through: date


def period_of(since: date | None, through: date | None) -> Period:
    """The period that was asked for.

    Raises:
        Refused: a day is missing, or they are the wrong way round.
    """
    if since is None:
        raise Refused(N_("Please fill this in."), field="since", code="missing")
    if through is None:
        raise Refused(N_("Please fill this in."), field="until", code="missing")
    if through < since:
        raise Refused(N_("Not before the first day."), field="until", code="before")
    return Period(since, through)


async def posted_in(actor: Actor, period: Period) -> AsyncIterator[Sequence[Posted]]:
    """The lines of a period by the day they take effect, journal by journal, a page at a time."""
    actor.require("ledger.read")

    async def read(place: tuple[date, UUID, int] | None) -> tuple[Sequence[Posted], tuple[date, UUID, int] | None]:
        begin = place or (period.since, FIRST, 0)
        rows = [Posted(**row) for row in await sql(LINES, actor.agency_id, period.since, period.through, *begin, PAGE)]
        last = rows[-1] if len(rows) == PAGE else None
        return rows, (last.effective_on, last.journal_id, last.position) if last else None

    async for page in pages(read):
        yield page


def journals_sheet(actor: Actor, period: Period) -> Sheet[Posted]:
    """The journals of a period for a spreadsheet, one row a line."""
    return Sheet(
        name=f"journals-{period.since.isoformat()}-{period.through.isoformat()}",
        title=N_("Journals"),
        columns=COLUMNS,
        pages=posted_in(actor, period),
        cells=_cells,
    )


def _cells(line: Posted) -> Sequence[Cell]:
    debit = Amount(line.amount_minor, line.currency) if line.amount_minor > 0 else ""
    credit = Amount(-line.amount_minor, line.currency) if line.amount_minor < 0 else ""
    return (
        line.effective_on, line.posted_at, line.posted_by_name, kind_text(line.kind),
        translate(BOOKS[line.book]), str(line.account), translate(CHART[line.account].name), line.client_name,
        line.case_number, line.component or "", line.bank_name, line.currency, debit, credit, line.source,
        line.external_id, str(line.journal_id), str(line.reverses or ""),
    )  # fmt: skip

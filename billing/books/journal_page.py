"""One journal of the ledger, line by line: where every figure can be drilled down to."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.books.sources import sources_of
from billing.books.words import BOOKS, kind_text
from billing.fees.wording import COMPONENTS
from portal.errors import NotFound
from portal.ledger.accounts import CHART
from portal.pages.rendering import render
from portal.pages.toasts import PageRequest
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.tenancy.database import sql, sql_one

JOURNAL = """
select j.id, j.source, j.external_id, j.kind, j.effective_on, j.posted_at, j.reverses, r.id as reversed_by,
       coalesce(u.name, '') as posted_by_name
from journals j
left join journals r on r.agency_id = j.agency_id and r.reverses = j.id
left join users u on u.id = j.posted_by
where j.agency_id = $1 and j.id = $2
"""

LINES = """
select l.book, l.account, l.currency, l.amount_minor, l.component, l.client_id, k.name as client_name, l.case_id,
       c.number as case_number, c.debtor_name
from journal_lines l
left join clients k on k.agency_id = l.agency_id and k.id = l.client_id
left join cases c on c.agency_id = l.agency_id and c.id = l.case_id
where l.agency_id = $1 and l.journal_id = $2 order by l.position
"""


@get("/ledger/journals/{journal_id:uuid}", guards=[needs("ledger.read")])
async def journal(request: PageRequest, actor: NamedDependency[Actor], journal_id: FromPath[UUID]) -> Response[Any]:
    """A journal and its lines."""
    found = await sql_one(JOURNAL, actor.agency_id, journal_id)
    if found is None:
        raise NotFound
    rows = await sql(LINES, actor.agency_id, journal_id)
    return render(
        request, "billing/journal.html", journal=found, lines=rows, chart=CHART, books=BOOKS, kind_text=kind_text,
        components=COMPONENTS, sources=await sources_of(actor, journal_id),
    )  # fmt: skip


ROUTES = [journal]

"""What a journal comes from: the pages of whatever made it, so that every figure leads to its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql


@dataclass(frozen=True, slots=True)
class Source:
    """A page that tells why a journal was posted; ``text`` is a msgid."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class _Page:
    text: str
    url: str
    permission: str


PAGES: Final[Mapping[str, _Page]] = {
    "payment": _Page(N_("The payment"), "/payments/{}", "payments.read"),
    "bank_line": _Page(N_("The bank line"), "/bank/lines/{}", "bank.read"),
    "statement": _Page(N_("The statement"), "/statements/{}", "statements.read"),
    "run": _Page(N_("The remittance"), "/remittances/{}", "remittances.read"),
    "invoice": _Page(N_("The invoice"), "/invoices/{}", "invoices.read"),
    "credit_note": _Page(N_("The credit note"), "/credit-notes/{}", "invoices.read"),
    "payout": _Page(N_("The processor's payout"), "/payouts/{}", "payments.read"),
    "suspense": _Page(N_("The money in suspense"), "/suspense/{}", "payments.read"),
    "surplus": _Page(N_("What was paid too much"), "/surplus/{}", "payments.read"),
    "costs": _Page(N_("The costs of the case"), "/cases/{}/costs", "costs.read"),
    "write_off": _Page(N_("The write-off"), "/cases/{}/write-offs", "write_offs.read"),
    "interest": _Page(N_("The interest of the case"), "/cases/{}/interest", "cases.read"),
    "plan": _Page(N_("The plan"), "/plans/{}", "plans.read"),
    "opening": _Page(N_("The opening balances"), "/openings/{}", "openings.read"),
    "correction": _Page(N_("The corrections of the claim"), "/cases/{}/corrections", "cases.read"),
}

# A journal is named by the register whose row it books; what has no journal of its own is known by the id in its name.
FOUND: Final = """
with j as (
    select id, source, substring(external_id from '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}')::uuid as named
    from journals where agency_id = $1 and id = $2)
select 'payment' as page, p.id from payments p where p.agency_id = $1 and p.journal_id = $2
union select 'payment', p.id from j join journals l on l.agency_id = $1 and l.id = $2
      join payments p on p.agency_id = $1 and p.charge_id = split_part(l.external_id, ' ', 1) and p.charge_id <> ''
      where j.source = 'processor' and l.kind = any ('{loss,loss made good,dispute fee}')
        and not exists (select from payments o where o.agency_id = $1 and o.charge_id = p.charge_id and o.id < p.id)
union select 'bank_line', m.bank_line_id from bank_matches m where m.agency_id = $1 and m.journal_id = $2
union select 'statement', s.id from j join statements s on s.agency_id = $1 and s.id = j.named where j.source = 'remittance'
union select 'run', r.id from j join remittance_runs r on r.agency_id = $1 and r.id = j.named where j.source = 'remittance'
union select 'run', x.run_id from exchanges x where x.agency_id = $1 and $2 in (x.journal_id, x.taken_back_journal_id)
union select 'invoice', i.id from client_invoices i where i.agency_id = $1 and i.journal_id = $2
union select 'invoice', p.invoice_id from invoice_payments p
      where p.agency_id = $1 and $2 in (p.journal_id, p.taken_back_journal_id)
union select 'credit_note', c.id from credit_notes c where c.agency_id = $1 and c.journal_id = $2
union select 'payout', o.id from payouts o where o.agency_id = $1 and $2 in (o.journal_id, o.reversal_journal_id)
union select 'payout', l.payout_id from journals f join payout_lines l on l.agency_id = $1 and l.transaction_id = f.external_id
      where f.agency_id = $1 and f.id = $2 and f.source = 'processor' and f.kind = 'processor fee'
union select 'opening', o.id from openings o where o.agency_id = $1 and $2 in (o.journal_id, o.undone_journal_id)
union select 'suspense', s.id from suspense s
      where s.agency_id = $1 and $2 in (s.journal_id, s.out_journal_id)
        and not exists (select from openings o where o.agency_id = $1 and $2 in (o.journal_id, o.undone_journal_id))
union select 'surplus', r.payment_id from refunds r
      where r.agency_id = $1 and $2 in (r.journal_id, r.returned_journal_id)
union select 'costs', c.case_id from case_costs c where c.agency_id = $1 and $2 in (c.journal_id, c.taken_back_journal_id)
union select 'write_off', w.case_id from write_offs w where w.agency_id = $1 and $2 in (w.journal_id, w.undone_journal_id)
union select 'interest', p.case_id from interest_postings p where p.agency_id = $1 and p.journal_id = $2
union select 'plan', p.id from plans p where p.agency_id = $1 and p.write_off_journal_id = $2
union select 'correction', c.case_id from j join claim_corrections c on c.agency_id = $1 and c.id = j.named
      where j.source = 'correction'
"""


async def sources_of(actor: Actor, journal_id: UUID) -> list[Source]:
    """The pages that tell of a journal and that the actor may read, in the order of `PAGES`."""
    actor.require("ledger.read")
    found = {(row["page"], row["id"]) for row in await sql(FOUND, actor.agency_id, journal_id)}
    return [
        Source(page.text, page.url.format(source_id))
        for name, page in PAGES.items()
        if actor.may(page.permission)
        for source_id in sorted(of_id for of, of_id in found if of == name)
    ]

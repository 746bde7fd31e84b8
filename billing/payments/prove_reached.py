"""What payments reached, proved again: ``portal verify`` asks for it, agency by agency."""

from typing import Final
from uuid import UUID

from portal.check import proof
from portal.tenancy.database import sql, sql_value

DIFFERING: Final = """
with reached as (
    select s.payment_id, bool_and(s.case_id = p.case_id and s."on" = p.received_on) as is_of_it, sum(s.amount_minor) as minor
    from invoice_shares s join payments p on p.agency_id = s.agency_id and p.id = s.payment_id
    where s.agency_id = $1 group by s.payment_id)
select p.id, 'reached other than its principal' as fault from payments p left join reached r on r.payment_id = p.id
where p.agency_id = $1 and (p.principal_minor <> coalesce(r.minor, 0) or not r.is_of_it)
"""
NOT_MIRRORED: Final = """
select distinct p.id, 'gave back other than what was reached' as fault
from payments p
left join invoice_shares s on s.agency_id = p.agency_id and s.payment_id = p.id
left join invoice_shares o on o.agency_id = p.agency_id and o.payment_id = p.reverses and o.position = s.position
where p.agency_id = $1 and p.reverses is not null and p.principal_minor <> 0
  and (o.id is null or (o.invoice_id, -o.amount_minor) is distinct from (s.invoice_id, s.amount_minor))
"""
OVERPAID: Final = """
select i.id, 'was paid other than within its amount' as fault from invoices i
join (select invoice_id, sum(amount_minor) as minor from invoice_shares
      where agency_id = $1 and invoice_id is not null group by invoice_id) s on s.invoice_id = i.id
where i.agency_id = $1 and (s.minor < 0 or s.minor > i.amount_minor)
"""
IN_THE_BOOKS: Final = """
with reached as (
    select case_id, sum(amount_minor) as minor from invoice_shares where agency_id = $1 group by case_id),
booked as (
    select l.case_id, -sum(l.amount_minor) as minor
    from journals j join journal_lines l on l.agency_id = j.agency_id and l.journal_id = j.id and l.account = 9000
         and l.component = 'principal'
    where j.agency_id = $1 and j.source = 'payment' group by l.case_id)
select coalesce(reached.case_id, booked.case_id) as id, 'has other payments in the books' as fault
from reached full join booked on booked.case_id = reached.case_id
where coalesce(reached.minor, 0) <> coalesce(booked.minor, 0)
"""
LOOKED_AT: Final = "select count(*) from invoice_shares where agency_id = $1"


@proof("what payments paid of the principal reached invoices within their amounts", "{} shares of invoices")
async def prove_reached(agency_id: UUID) -> tuple[int, list[str]]:
    """Each payment's shares against its principal, those that went back, each invoice, and each case against the books."""
    wrong = [
        f"{what} {row['id']} {row['fault']}"
        for what, query in (
            ("payment", DIFFERING),
            ("payment", NOT_MIRRORED),
            ("invoice", OVERPAID),
            ("case", IN_THE_BOOKS),
        )
        for row in await sql(query, agency_id)
    ]
    return await sql_value(LOOKED_AT, agency_id) or 0, wrong

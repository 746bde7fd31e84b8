"""What some cases of a placement have beside debtor and invoices: credits from before, and several people to speak to."""

from cases.intake.placed_rows import Placing
from portal.tenancy.database import connection, sql

ADD_CREDITS = """
insert into case_credits (agency_id, client_id, case_id, kind, number, invoice_number, "on", amount_minor, created_at)
select $1, $2, n.case_id, c.kind, c.number, c.invoice_number, c."on", c.amount_minor, $3
from new_cases n
cross join lateral jsonb_to_recordset(n.credits)
    as c (kind text, number text, invoice_number text, "on" date, amount_minor bigint)
where n.credits is not null
order by n.row_number
"""

CREATE = """
create temporary table new_contacts (
    debtor_id uuid, person_id uuid, is_new boolean, name text, position text, email text, phone text, authorised boolean
) on commit drop
"""

# One of a name at a debtor: whom the client named before is known already.
GATHER_CONTACTS = """
insert into new_contacts (debtor_id, person_id, is_new, name, position, email, phone, authorised)
select given.debtor_id, coalesce(known.id, uuidv7()), known.id is null, given.name, given.position, given.email,
       given.phone, given.authorised
from (select distinct on (n.debtor_id, c.name) n.debtor_id, c.*
      from new_cases n
      cross join lateral jsonb_to_recordset(n.contacts)
          as c (name text, position text, email text, phone text, authorised boolean)
      where n.contacts is not null
      order by n.debtor_id, c.name, n.row_number) as given
left join lateral (
    select id from debtor_people d
    where d.agency_id = $1 and d.debtor_id = given.debtor_id and d.client_id = $2 and d.name = given.name
    order by id limit 1) as known on true
"""

ADD_PEOPLE = """
insert into debtor_people (
    id, agency_id, debtor_id, client_id, name, position, authorised, authorised_on, created_at)
select person_id, $1, debtor_id, $2, name, position, authorised, case when authorised then $4::date end, $3
from new_contacts where is_new
"""

ADD_POINTS = """
insert into contact_points (agency_id, debtor_id, person_id, client_id, kind, value, source, created_at)
select distinct on (p.debtor_id, point.kind, point.value)
       $1::uuid, p.debtor_id, p.person_id, $2::uuid, point.kind, point.value, 'placement', $3::timestamptz
from new_contacts p cross join lateral (values ('phone', p.phone), ('email', p.email)) as point (kind, value)
where point.value <> '' and not exists (
    select from contact_points k
    where k.agency_id = $1 and k.debtor_id = p.debtor_id and k.client_id = $2 and k.kind = point.kind
      and k.value = point.value)
order by p.debtor_id, point.kind, point.value, p.person_id
"""


async def add_credits(placing: Placing) -> None:
    """Write the credits and part payments that were taken off before the placement."""
    await sql(ADD_CREDITS, placing.agency_id, placing.client_id, placing.now)


async def add_contacts(placing: Placing) -> None:
    """Write the people whom the client names beside the debtor's contact person, and how to reach them."""
    await connection().execute(CREATE)
    await sql(GATHER_CONTACTS, placing.agency_id, placing.client_id)
    await sql(ADD_PEOPLE, placing.agency_id, placing.client_id, placing.now, placing.placed_on)
    await sql(ADD_POINTS, placing.agency_id, placing.client_id, placing.now)

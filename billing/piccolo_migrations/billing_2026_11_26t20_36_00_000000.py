from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T20:36:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "What earlier payments reached: the oldest due first, as they were received"


class Payment(Table, tablename="payments"):
    pass


# What each invoice could take is its amount less the credits from before the placement, those that name none off the oldest.
# Payments that stand lie end to end on the invoices of their case; one that went back lay there alone, and its reversal is
# its mirror.
REACHED = """
with credited as (
    select i.agency_id, i.case_id, i.id, i.due_on, i.issued_on, i.number,
           greatest(0, i.amount_minor - coalesce((
               select sum(k.amount_minor) from case_credits k
               where k.agency_id = i.agency_id and k.case_id = i.case_id and k.invoice_number = i.number), 0)) as minor
    from invoices i
    where exists (select from payments p where p.agency_id = i.agency_id and p.case_id = i.case_id and p.principal_minor <> 0)),
ordered as (
    select *, sum(minor) over (partition by agency_id, case_id order by due_on, coalesce(issued_on, due_on), number, id)
                  as through
    from credited),
off as (
    select o.agency_id, o.case_id, coalesce((
               select sum(k.amount_minor) from case_credits k
               where k.agency_id = o.agency_id and k.case_id = o.case_id and k.invoice_number = ''), 0) as minor
    from ordered o group by o.agency_id, o.case_id),
takes as (
    select o.agency_id, o.case_id, o.id, greatest(0, o.through - o.minor - off.minor) as since,
           greatest(0, o.through - off.minor) as until
    from ordered o join off on off.agency_id = o.agency_id and off.case_id = o.case_id),
paid as (
    select p.agency_id, p.client_id, p.case_id, p.id, p.received_on, p.principal_minor as minor, r.id as reversal_id,
           r.received_on as reversed_on,
           case when r.id is null then
               sum(p.principal_minor) filter (where r.id is null)
                   over (partition by p.agency_id, p.case_id order by p.received_on, p.id)
           else p.principal_minor end as until
    from payments p left join payments r on r.agency_id = p.agency_id and r.reverses = p.id
    where p.reverses is null and p.principal_minor > 0),
reached as (
    select paid.*, takes.id as invoice_id, takes.since as begins,
           least(paid.until, takes.until) - greatest(paid.until - paid.minor, takes.since) as part
    from paid join takes on takes.agency_id = paid.agency_id and takes.case_id = paid.case_id
         and takes.since < paid.until and takes.until > paid.until - paid.minor and takes.since < takes.until),
whole as (
    select agency_id, client_id, case_id, id, received_on, reversal_id, reversed_on, invoice_id, begins, part from reached
    union all
    select p.agency_id, p.client_id, p.case_id, p.id, p.received_on, p.reversal_id, p.reversed_on, null, null,
           p.minor - coalesce(sum(r.part), 0)
    from paid p left join reached r on r.agency_id = p.agency_id and r.id = p.id
    group by p.agency_id, p.client_id, p.case_id, p.id, p.received_on, p.reversal_id, p.reversed_on, p.minor
    having p.minor > coalesce(sum(r.part), 0)),
numbered as (
    select *, row_number() over (partition by agency_id, id order by begins nulls last) as position from whole)
insert into invoice_shares (id, agency_id, client_id, case_id, payment_id, invoice_id, position, amount_minor, named, "on")
select uuidv7(), agency_id, client_id, case_id, id, invoice_id, position, part, false, received_on from numbered
union all
select uuidv7(), agency_id, client_id, case_id, reversal_id, invoice_id, position, -part, false, reversed_on from numbered
where reversal_id is not null
"""


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="billing", description=DESCRIPTION
    )

    async def take_over() -> None:
        """Payments from before the portal knew which invoice they are for."""
        await Payment.raw(REACHED)

    manager.add_raw(take_over)

    return manager

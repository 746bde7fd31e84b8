-- What goes back to debtors, and what nobody claims.

call identified('payments');
call identified('suspense');
create index if not exists payments_with_surplus on payments (agency_id, id) where surplus_minor > 0;

call identified('unclaimed_money');
call belongs('unclaimed_money', 'suspense_id', 'suspense');
call belongs('unclaimed_money', 'payment_id', 'payments');
create unique index if not exists unclaimed_money_suspense on unclaimed_money (agency_id, suspense_id)
    where suspense_id is not null and status in ('asked', 'marked');
create unique index if not exists unclaimed_money_payment on unclaimed_money (agency_id, payment_id)
    where payment_id is not null and status in ('asked', 'marked');
alter table unclaimed_money drop constraint if exists unclaimed_money_check;
alter table unclaimed_money add constraint unclaimed_money_check check (
    (suspense_id is null) <> (payment_id is null) and status in ('asked', 'marked', 'dropped')
    and (status <> 'marked' or decided_by is not null and decided_by <> asked_by));

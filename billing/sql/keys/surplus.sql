-- What goes back to debtors, and what nobody claims.

call identified('payments');
call identified('suspense');
call identified('surplus_refunds');
call belongs('surplus_refunds', 'payment_id', 'payments');
call belongs('surplus_refunds', 'journal_id', 'journals');
call belongs('surplus_refunds', 'returned_journal_id', 'journals');
call belongs_to_client('surplus_refunds');
create index if not exists payments_with_surplus on payments (agency_id, id) where surplus_minor > 0;
create index if not exists surplus_refunds_of_case on surplus_refunds (agency_id, case_id, id);
-- A payment's surplus is asked for by one refund at a time.
create unique index if not exists surplus_refunds_open on surplus_refunds (agency_id, payment_id)
    where status in ('asked', 'approved');
alter table surplus_refunds drop constraint if exists surplus_refunds_check;
alter table surplus_refunds add constraint surplus_refunds_check check (
    amount_minor > 0 and way in ('bank', 'card') and status in ('asked', 'approved', 'paid', 'returned', 'declined', 'gone')
    and (status in ('paid', 'returned')) = (journal_id is not null)
    and (status = 'returned') = (returned_journal_id is not null) and (way = 'card' or holder <> '' and (iban = '') <> (account_number = '')));
-- Whoever names the payee does not approve the refund; what the processor told of was approved there.
alter table surplus_refunds drop constraint if exists surplus_refunds_four_eyes;
alter table surplus_refunds add constraint surplus_refunds_four_eyes check (
    way = 'card' or status not in ('approved', 'paid', 'returned') or decided_by is not null and decided_by <> asked_by);

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

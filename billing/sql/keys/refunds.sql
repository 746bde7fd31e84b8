-- What goes back to whoever had paid it: a payment's surplus, or a piece of suspended money.

call identified('refunds');
call belongs('refunds', 'payment_id', 'payments');
call belongs('refunds', 'suspense_id', 'suspense');
call belongs('refunds', 'bank_account_id', 'bank_accounts');
call belongs('refunds', 'journal_id', 'journals');
call belongs('refunds', 'returned_journal_id', 'journals');
call belongs_to_client('refunds');
create index if not exists refunds_of_case on refunds (agency_id, case_id, id);
create index if not exists refunds_of_payment on refunds (agency_id, payment_id) where payment_id is not null;
create index if not exists refunds_of_suspense on refunds (agency_id, suspense_id) where suspense_id is not null;
create index if not exists refunds_of_journal on refunds (agency_id, journal_id) where journal_id is not null;
create index if not exists refunds_to_pay on refunds (agency_id, currency, amount_minor) where status = 'approved';
-- What is asked for is asked for by one refund at a time.
create unique index if not exists refunds_open on refunds (agency_id, payment_id) where status in ('asked', 'approved');
create unique index if not exists refunds_open_of_suspense on refunds (agency_id, suspense_id)
    where status in ('asked', 'approved');
alter table refunds drop constraint if exists refunds_check;
alter table refunds add constraint refunds_check check (
    amount_minor > 0 and (payment_id is null) <> (suspense_id is null) and (payment_id is null or case_id is not null)
    and way in ('bank', 'card', 'typed')
    and status in ('asked', 'approved', 'paid', 'returned', 'declined', 'gone')
    and (status in ('paid', 'returned')) = (journal_id is not null)
    and (status = 'returned') = (returned_journal_id is not null)
    and case way when 'bank' then holder <> '' and (iban = '') <> (account_number = '')
             when 'card' then status = 'paid' else status in ('paid', 'returned') end);
-- Whoever names the payee does not approve the refund; what the processor told of was approved there.
alter table refunds drop constraint if exists refunds_four_eyes;
alter table refunds add constraint refunds_four_eyes check (
    way = 'card' or status not in ('approved', 'paid', 'returned') or decided_by is not null and decided_by <> asked_by);
-- Nothing is paid before its day.
alter table refunds drop constraint if exists refunds_rest;
alter table refunds add constraint refunds_rest check (way <> 'bank' or journal_id is null or paid_on >= pay_from);

-- A refund stands in one payment file at most.
call identified('payment_files');
call identified('filed_refunds');
call belongs('filed_refunds', 'file_id', 'payment_files');
call belongs('filed_refunds', 'refund_id', 'refunds');
create unique index if not exists filed_refunds_once on filed_refunds (agency_id, refund_id);

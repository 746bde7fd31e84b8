-- Accounts for debtors, payments to the client itself, receipts.

call identified('bank_details');
call belongs('bank_details', 'client_id', 'clients');
call belongs('statements', 'paid_detail_id', 'bank_details');
-- Of a holder and currency one version is in force, and one waits for another person's word.
drop index if exists bank_details_version, bank_details_in_force, bank_details_proposed;
create unique index if not exists bank_details_versions on bank_details
    (agency_id, coalesce(client_id, agency_id), currency, version);
create unique index if not exists bank_details_one_in_force on bank_details
    (agency_id, coalesce(client_id, agency_id), currency) where status = 'in_force';
create unique index if not exists bank_details_one_proposed on bank_details
    (agency_id, coalesce(client_id, agency_id), currency) where status = 'proposed';
alter table bank_details drop constraint if exists bank_details_status_check;
alter table bank_details add constraint bank_details_status_check check (
    status in ('proposed', 'in_force', 'replaced', 'declined', 'ended'));
-- Nobody confirms what they entered: a changed account is how money is led astray.
alter table bank_details drop constraint if exists bank_details_four_eyes;
alter table bank_details add constraint bank_details_four_eyes check (
    case status when 'proposed' then decided_by is null when 'declined' then decided_by is not null
                else decided_by is not null and decided_by <> proposed_by end);
alter table bank_details drop constraint if exists bank_details_account_check;
alter table bank_details add constraint bank_details_account_check check ((iban = '') <> (account_number = ''));

call identified('payments');
call identified('direct_payment_reports');
call belongs('direct_payment_reports', 'document_id', 'documents');
call belongs('direct_payment_reports', 'payment_id', 'payments');
call belongs_to_client('direct_payment_reports');
create unique index if not exists direct_payment_reports_token on direct_payment_reports (agency_id, token);
create index if not exists direct_payment_reports_of_case on direct_payment_reports (agency_id, case_id, id);
create index if not exists direct_payment_reports_status on direct_payment_reports (agency_id, status, id);
create index if not exists direct_payment_reports_asked on direct_payment_reports (agency_id, client_id, id)
    where status = 'reported' and client_has_it is null;
alter table direct_payment_reports drop constraint if exists direct_payment_reports_check;
alter table direct_payment_reports add constraint direct_payment_reports_check check (
    amount_minor > 0 and reporter in ('client', 'debtor', 'staff')
    and status in ('reported', 'accepted', 'declined') and (status = 'accepted') = (payment_id is not null));

call identified('payment_receipts');
call belongs('payment_receipts', 'payment_id', 'payments');
call belongs_to_client('payment_receipts');
create unique index if not exists payment_receipts_payment on payment_receipts (agency_id, payment_id);
create unique index if not exists payment_receipts_number on payment_receipts (agency_id, number) where number is not null;
create index if not exists payment_receipts_of_case on payment_receipts (agency_id, case_id, id);

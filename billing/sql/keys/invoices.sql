-- Invoices to clients, the transfers that pay them, and credit notes.

call identified('client_invoices');
call belongs('client_invoices', 'client_id', 'clients');
call belongs('client_invoices', 'journal_id', 'journals');
call belongs('clawbacks', 'invoice_id', 'client_invoices');
call belongs('invoiced_costs', 'invoice_id', 'client_invoices');
create unique index if not exists client_invoices_statement on client_invoices (agency_id, statement_id)
    where statement_id is not null;
create unique index if not exists client_invoices_number on client_invoices (agency_id, number);
create index if not exists client_invoices_of_client on client_invoices (agency_id, client_id, id);
create index if not exists client_invoices_unsettled on client_invoices (agency_id, currency, client_id) where settled_on is null;
alter table client_invoices drop constraint if exists client_invoices_check;
alter table client_invoices add constraint client_invoices_check check (
    net_minor > 0 and vat_minor >= 0 and credited_minor >= 0 and total_minor > 0
    and total_minor = net_minor + vat_minor - credited_minor and (kind = 'fees') = (statement_id is not null));
-- No more is paid and credited than is asked for, and what is settled has nothing left.
alter table client_invoices drop constraint if exists client_invoices_settled_check;
alter table client_invoices add constraint client_invoices_settled_check check (
    paid_minor >= 0 and corrected_minor >= 0 and paid_minor + corrected_minor <= total_minor
    and (settled_on is not null) = (paid_minor + corrected_minor = total_minor));

call belongs('invoice_payments', 'client_id', 'clients');
call belongs('invoice_payments', 'invoice_id', 'client_invoices');
call belongs('invoice_payments', 'journal_id', 'journals');
call belongs('invoice_payments', 'taken_back_journal_id', 'journals');
-- One transfer is booked once.
create unique index if not exists invoice_payments_once on invoice_payments (agency_id, invoice_id, paid_on, reference)
    where taken_back_at is null;
alter table invoice_payments drop constraint if exists invoice_payments_check;
alter table invoice_payments add constraint invoice_payments_check check (
    amount_minor > 0 and reference <> '' and (taken_back_at is null) = (taken_back_journal_id is null)
    and (taken_back_at is null) = (taken_back_on is null));

call identified('credit_notes');
call belongs('credit_notes', 'client_id', 'clients');
call belongs('credit_notes', 'invoice_id', 'client_invoices');
call belongs('credit_notes', 'journal_id', 'journals');
call belongs('clawbacks', 'credit_note_id', 'credit_notes');
call belongs('invoiced_costs', 'credit_note_id', 'credit_notes');
create unique index if not exists credit_notes_number on credit_notes (agency_id, number);
create index if not exists credit_notes_of_client on credit_notes (agency_id, client_id, id);
-- It corrects a statement, whose money went back with a journal of its own, or an invoice, by a journal of its own.
alter table credit_notes drop constraint if exists credit_notes_check;
alter table credit_notes add constraint credit_notes_check check (
    total_minor > 0 and vat_minor >= 0 and net_minor >= 0 and total_minor = net_minor + vat_minor
    and why in ('went_back', 'error', 'agreed') and (why = 'went_back') = (statement_id is not null)
    and (statement_id is null) = (invoice_id is not null) and (invoice_id is null) = (journal_id is null)
    and (told_by is null or statement_id is not null));

-- Invoices to clients.

call identified('client_invoices');
call belongs('client_invoices', 'client_id', 'clients');
call belongs('client_invoices', 'journal_id', 'journals');
call belongs('client_invoices', 'paid_journal_id', 'journals');
call belongs('clawbacks', 'invoice_id', 'client_invoices');
create unique index if not exists client_invoices_statement on client_invoices (agency_id, statement_id)
    where statement_id is not null;
create unique index if not exists client_invoices_number on client_invoices (agency_id, number);
create index if not exists client_invoices_of_client on client_invoices (agency_id, client_id, id);
create index if not exists client_invoices_open on client_invoices (agency_id, currency) where paid_journal_id is null;
alter table client_invoices drop constraint if exists client_invoices_check;
alter table client_invoices add constraint client_invoices_check check (
    net_minor > 0 and vat_minor >= 0 and credited_minor >= 0 and total_minor > 0
    and total_minor = net_minor + vat_minor - credited_minor and (kind = 'fees') = (statement_id is not null)
    and (paid_on is null) = (paid_journal_id is null));

-- Composite keys, natural keys, checks and indexes of the money.

call identified('fee_agreements');
call identified('fee_rules');
call identified('payments');
call identified('outcomes');
call identified('remittance_runs');
call identified('statements');

call belongs('fee_agreements', 'client_id', 'clients');
call belongs('fee_rules', 'agreement_id', 'fee_agreements');
call belongs('payments', 'journal_id', 'journals');
call belongs('payments', 'fee_rule_id', 'fee_rules');
call belongs('payments', 'reverses', 'payments');
call belongs('invoice_shares', 'payment_id', 'payments');
call names_invoice('direct_payment_reports');
call names_invoice('card_payments');
call belongs_to_client('payments');
call belongs('outcomes', 'document_id', 'documents');
call belongs('outcomes', 'payment_id', 'payments');
call belongs_to_client('outcomes');
call belongs('statements', 'run_id', 'remittance_runs');
call belongs('statements', 'client_id', 'clients');
call belongs('statement_lines', 'statement_id', 'statements');
call belongs('statement_lines', 'payment_id', 'payments');
call belongs_to_client('statement_lines');

create unique index if not exists fee_agreements_version on fee_agreements (agency_id, client_id, version);
create unique index if not exists fee_rules_position on fee_rules (agency_id, agreement_id, position);
create index if not exists payments_newest on payments (agency_id, id desc);
create index if not exists payments_of_case on payments (agency_id, case_id, received_on, id);
create index if not exists payments_of_client on payments (agency_id, client_id, currency, release_on, id);
create index if not exists payments_reference on payments (agency_id, external_reference) where external_reference <> '';
create unique index if not exists payments_reversed_once on payments (agency_id, reverses) where reverses is not null;
create unique index if not exists remittance_runs_number on remittance_runs (agency_id, number);
create unique index if not exists statements_number on statements (agency_id, number) where number is not null;
create unique index if not exists statements_of_run on statements (agency_id, run_id, client_id);
-- A payment belongs to one statement.
create unique index if not exists statement_lines_payment on statement_lines (agency_id, payment_id);
create unique index if not exists statement_lines_position on statement_lines (agency_id, statement_id, position);

alter table remittance_runs drop constraint if exists remittance_runs_status_check;
alter table remittance_runs add constraint remittance_runs_status_check check (status in
    ('draft', 'reviewed', 'approved', 'paid', 'closed', 'cancelled'));
alter table statements drop constraint if exists statements_net_check;
alter table statements add constraint statements_net_check check (net_minor >= 0);
alter table statements drop constraint if exists statements_method_check;
alter table statements add constraint statements_method_check check (
    method in ('net', 'gross', 'combined') and (method <> 'net' or invoiced_fees_minor = 0)
    and invoiced_fees_minor >= 0 and invoiced_vat_minor >= 0 and credited_minor >= 0
    and (credited_minor = 0 or credited_minor < invoiced_fees_minor + invoiced_vat_minor));
-- Nobody approves their own run.
alter table remittance_runs drop constraint if exists remittance_runs_four_eyes;
alter table remittance_runs add constraint remittance_runs_four_eyes check (approved_by is null or approved_by <> prepared_by);
alter table statements drop constraint if exists statements_status_check;
alter table statements add constraint statements_status_check check (status in ('draft', 'approved', 'closed'));
-- A number comes with the approval, and every approved statement has one.
alter table statements drop constraint if exists statements_numbered_check;
alter table statements add constraint statements_numbered_check check ((number is null) = (status = 'draft'));
-- A currency is prepared by one run at a time: its statements would want the same payments.
create unique index if not exists remittance_runs_open on remittance_runs (agency_id, currency)
    where status in ('draft', 'reviewed');
create index if not exists statements_latest on statements (agency_id, period_to desc, id desc) where status <> 'draft';
create index if not exists statements_of_client on statements (agency_id, client_id, period_to desc, id desc);

-- Card money, suspense and claw-backs.
call identified('suspense');
call belongs('payments', 'suspense_id', 'suspense');
call belongs('suspense', 'payment_id', 'payments');
call belongs('suspense', 'matched_payment_id', 'payments');
call belongs('suspense', 'journal_id', 'journals');
call belongs('suspense', 'out_journal_id', 'journals');
call belongs_to_client('suspense');
call belongs('clawbacks', 'payment_id', 'payments');
call belongs('clawbacks', 'statement_id', 'statements');
call belongs('client_invoices', 'statement_id', 'statements');
call belongs('credit_notes', 'statement_id', 'statements');
call belongs('credit_notes', 'told_by', 'statements');
call belongs('exchange_quotes', 'run_id', 'remittance_runs');
call belongs('exchanges', 'run_id', 'remittance_runs');
call belongs('exchange_parts', 'statement_id', 'statements');
call belongs_to_client('clawbacks');

create index if not exists payments_charge on payments (agency_id, charge_id) where charge_id <> '';
drop index if exists suspense_waiting;
create index if not exists suspense_here on suspense (agency_id, id) where status in ('waiting', 'asked', 'approved');
create index if not exists suspense_of_case on suspense (agency_id, case_id) where case_id is not null;
-- A run has one file in each currency that it pays, and the bank is given nothing else for it.
call identified('payment_files');
call belongs('payment_files', 'run_id', 'remittance_runs');
call belongs('payment_files', 'bank_account_id', 'bank_accounts');
drop index if exists payment_files_run;
create unique index if not exists payment_files_of_run on payment_files (agency_id, run_id, currency) where run_id is not null;
create index if not exists payment_files_of_refunds on payment_files (agency_id, id) where run_id is null;
create unique index if not exists clawbacks_payment on clawbacks (agency_id, payment_id);
create index if not exists clawbacks_of_client on clawbacks (agency_id, client_id, currency, id);

alter table suspense drop constraint if exists suspense_status_check;
alter table suspense add constraint suspense_status_check check (status in
    ('waiting', 'asked', 'approved', 'matched', 'sent_back', 'gone'));
alter table suspense drop constraint if exists suspense_amount_check;
alter table suspense add constraint suspense_amount_check check (amount_minor > 0);

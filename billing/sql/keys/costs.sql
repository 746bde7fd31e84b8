-- Costs of cases, and what of them clients were asked for.

call identified('case_costs');
call belongs_to_client('case_costs');
call belongs('case_costs', 'document_id', 'documents');
call belongs('case_costs', 'journal_id', 'journals');
call belongs('case_costs', 'taken_back_journal_id', 'journals');
create index if not exists case_costs_of_case on case_costs (agency_id, case_id, paid_on, id);
create index if not exists case_costs_of_client on case_costs (agency_id, client_id, currency);
create unique index if not exists case_costs_journal on case_costs (agency_id, journal_id);
alter table case_costs drop constraint if exists case_costs_check;
alter table case_costs add constraint case_costs_check check (
    amount_minor > 0 and advanced_by in ('agency', 'client') and (on_debtor or advanced_by = 'agency')
    and kind in ('court', 'enforcement', 'lawyer', 'tracing', 'translation', 'other')
    and (taken_back_at is null) = (taken_back_journal_id is null));

call belongs_to_client('invoiced_costs');
call belongs('invoiced_costs', 'cost_id', 'case_costs');
drop index if exists invoiced_costs_once;
create unique index if not exists invoiced_costs_asked_once on invoiced_costs (agency_id, invoice_id, cost_id)
    where credit_note_id is null;
create unique index if not exists invoiced_costs_credited_once on invoiced_costs (agency_id, credit_note_id, cost_id)
    where credit_note_id is not null;
alter table invoiced_costs drop constraint if exists invoiced_costs_check;
alter table invoiced_costs add constraint invoiced_costs_check check (
    case when credit_note_id is null then amount_minor > 0 else amount_minor < 0 end);
create index if not exists invoiced_costs_of_case on invoiced_costs (agency_id, case_id);
create index if not exists invoiced_costs_of_cost on invoiced_costs (agency_id, cost_id);
create index if not exists invoiced_costs_of_client on invoiced_costs (agency_id, client_id);

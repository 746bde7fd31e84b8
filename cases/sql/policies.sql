-- Who sees which rows of the debt. Read as: table, column that ties a row to a client, column that ties it to a case.
-- What the agency knows of a debtor over all clients is for staff only.

call protect('clients',           'id',        null);
call protect('remittance_terms',  'client_id', null);
call protect('queues',            null,        null);
call protect('placements',        'client_id', null);
call protect('placement_rows',    'client_id', null);
call protect('column_maps',       'client_id', null);
call protect('debtor_lists',      'client_id', null);
call protect('case_drafts',       'client_id', null);
call protect('debtors',           null,        null);
call protect('debtor_keys',       null,        null);
call protect('debtor_matches',    null,        null);
call protect('debtor_decisions',  null,        null);
call protect('debtor_people',     null,        null);
call protect('contact_points',    null,        null);
call protect('contact_stops',     null,        null);
call protect('cases',             'client_id', 'id');
call protect('invoices',          'client_id', 'case_id');
call protect('case_credits',      'client_id', 'case_id');
call protect('invoice_shares',    'client_id', 'case_id');
call protect('case_events',       'client_id', null);
call protect('contact_attempts',  null,        null);
call protect('promises',          'client_id', 'case_id');
call protect('disputes',          'client_id', 'case_id');
call protect('documents',         'client_id', null);
call protect('document_accesses', 'client_id', null);
call protect('document_batches',  'client_id', null);
call protect('batch_files',       'client_id', null);
call protect('recalls',           'client_id', null);
call protect('placement_recalls', 'client_id', null);
call protect('claim_corrections', 'client_id', null);
call protect('saved_views',       'client_id', null);
call protect('acceptance_rules',  'client_id', null);
call protect('case_requirements', 'client_id', null);
call protect('plans',             'client_id', 'case_id');
call protect('plan_lines',        'client_id', 'case_id');
call protect('plan_decisions',    'client_id', null);
call protect('authority_ladders', 'client_id', null);
call protect('client_interest',   'client_id', null);
call protect('case_judgments',    'client_id', null);
call protect('case_interest',     'client_id', null);
call protect('interest_freezes',  'client_id', null);
call protect('interest_postings', 'client_id', null);
call protect('claim_links',       null,        null);
call protect('claim_codes',       null,        null);
call protect('claim_visits',      null,        'case_id');
call protect('hardship_statements', null,      'case_id');
call protect('balance_confirmations', 'client_id', 'case_id');
call protect('contact_wishes',    null,        'case_id');

-- A client sees the part of the timeline that is meant for it.
drop policy if exists client_sees on case_events;
create policy client_sees on case_events as restrictive for select using ((select app_scope()) <> 'client' or client_sees);

-- Nobody but the agency sees what is still being drawn up.
drop policy if exists shown on plans;
create policy shown on plans as restrictive for select
    using ((select app_scope() in ('staff', 'job')) or status <> 'draft');

-- What a person named or has not handed over yet is theirs alone; a job removes the drafts that nobody goes on with.
drop policy if exists own on case_drafts;
create policy own on case_drafts as restrictive using (user_id = (select app_user()) or (select app_scope()) = 'job');
drop policy if exists own on saved_views;
create policy own on saved_views as restrictive using (user_id = (select app_user()));

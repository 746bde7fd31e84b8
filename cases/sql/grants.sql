-- What the application role may do with the debt. A balance is not its to change: a case comes with what it owes, and is
-- posted as it comes (post_claims).

call grant_app('clients',           'select, insert, update');
call grant_app('remittance_terms',  'select, insert');
grant update (withdrawn_at, withdrawn_by_name) on remittance_terms to portal_app;
call grant_app('queues',            'select, insert, update');
call grant_app('placements',        'select, insert, update');
call grant_app('placement_rows',    'select, insert, update, delete');
call grant_app('column_maps',       'select, insert, update');
call grant_app('debtor_lists',      'select, insert, update, delete');
call grant_app('case_drafts',       'select, insert, update, delete');
call grant_app('debtors',           'select, insert, update');
call grant_app('debtor_keys',       'select, insert');
call grant_app('debtor_matches',    'select, insert');
call grant_columns('debtor_matches', 'update', '{id, agency_id, debtor_id, other_id, found_at}');
call grant_app('debtor_decisions',  'select, insert');
call grant_app('debtor_people',     'select, insert, update');
call grant_app('contact_points',    'select, insert, update');
call grant_app('contact_stops',     'select, insert, update');
call grant_app('cases',             'select, insert');
call grant_columns('cases', 'update',
    '{id, agency_id, client_id, number, currency, placed_minor, principal_minor, interest_minor, costs_minor}');
call grant_app('invoices',          'select, insert');
call grant_app('case_credits',      'select, insert');
call grant_app('invoice_shares',    'select, insert');
call grant_app('case_events',       'select, insert');
call grant_app('contact_attempts',  'select, insert');
call grant_app('promises',          'select, insert, update');
call grant_app('disputes',          'select, insert, update');
call grant_app('documents',         'select, insert');
call grant_columns('documents', 'update',
    '{id, agency_id, client_id, case_id, file_name, content_type, size_bytes, uploaded_by, uploaded_by_name, from_debtor, created_at}');
call grant_app('document_accesses', 'select, insert');
call grant_app('document_batches',  'select, insert, update, delete');
call grant_app('batch_files',       'select, insert, update, delete');
call grant_app('recalls',           'select, insert');
call grant_columns('recalls', 'update',
    '{id, agency_id, client_id, case_id, reason, note, placement_recall_id, asked_by, asked_by_name, asked_at, terms}');
call grant_app('placement_recalls', 'select, insert');
grant update (act, act_by, act_as, act_by_name, act_at, answer) on placement_recalls to portal_app;
call grant_app('claim_corrections', 'select, insert');
grant update (status, decided_by, decided_by_name, decided_at, answer) on claim_corrections to portal_app;
call grant_app('saved_views',       'select, insert, delete');
call grant_app('acceptance_rules',  'select, insert');
call grant_app('case_requirements', 'select, insert');
call grant_columns('case_requirements', 'update',
    '{id, agency_id, client_id, case_id, code, kind, params, rules_id}');

call grant_app('plans',             'select, insert');
call grant_columns('plans', 'update', '{id, agency_id, client_id, case_id, version, created_at}');
call grant_app('plan_lines',        'select, insert');
call grant_app('plan_decisions',    'select, insert');
call grant_app('authority_ladders', 'select, insert');
call grant_app('client_interest',   'select, insert');
call grant_app('case_judgments',    'select, insert');
grant update (withdrawn_at) on case_judgments to portal_app;
call grant_app('case_interest',     'select, insert');
grant update (withdrawn_at, withdrawn_by_name) on case_interest to portal_app;
call grant_app('interest_freezes',  'select, insert');
grant update (through) on interest_freezes to portal_app;
call grant_app('interest_postings', 'select, insert');
call grant_app('claim_links',       'select, insert');
grant update (token_hash, proved_at, revoked_at, revoked_by) on claim_links to portal_app;
revoke all on claim_codes from portal_app;
call grant_app('claim_visits',      'select, insert');
grant update (language, ended_at) on claim_visits to portal_app;
call grant_app('hardship_statements', 'select, insert');
call grant_app('balance_confirmations', 'select, insert');
call grant_app('contact_wishes',    'select, insert');

-- A large placement has the tables it fills sampled (sample_for_placing).
grant maintain on debtors, debtor_people, cases, journals to portal_definer;

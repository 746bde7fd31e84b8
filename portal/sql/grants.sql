-- What the application role may do in the shell. It owns nothing and never bypasses row-level security.

revoke create on schema public from public;
grant usage on schema public to portal_app, portal_definer;
grant select, insert, update, delete on all tables in schema public to portal_definer;

call grant_app('agencies',            'select');
call grant_columns('agencies', 'update', '{id, agency_id, slug, created_at, next_case_number, is_sample}');
call grant_app('memberships',         'select, insert');
call grant_columns('memberships', 'update', '{id, agency_id, user_id, client_id, created_at}');
call grant_app('invitations',         'select, insert');
grant update (token_hash, expires_at, withdrawn_at) on invitations to portal_app;
call grant_app('api_keys',            'select, insert');
grant update (revoked_at) on api_keys to portal_app;
call grant_app('idempotent_answers',  'select, insert');
revoke all on users from portal_app;
call grant_columns('users', 'select', '{password_hash, totp_secret, totp_last_step, recovery_hashes}');
grant update (name, language, time_zone, theme) on users to portal_app;
call grant_app('sessions',            'select');
grant update (ended_at) on sessions to portal_app;
call grant_app('number_series',       'select, insert');
grant update (last) on number_series to portal_app;
call grant_app('exchange_rates',      'select');
revoke all on login_attempts, password_resets, rate_counts from portal_app;

-- The trail is written, never rewritten; the ledger is written by its one function alone.
call grant_app('audit_events',        'select, insert');
call grant_app('audit_personal',      'select, insert');
call grant_app('audit_seals',         'select');
call grant_app('audit_unsealed',      'select');
call grant_app('journals',            'select');
call grant_app('journal_lines',       'select');
call grant_app('balance_checkpoints', 'select');
call grant_app('ledger_days',         'select');
call grant_app('ledger_marks',        'select');
call grant_app('closed_periods',      'select, insert');
call grant_app('bank_accounts',       'select, insert');
grant update (name, opened_on, closed_on, confirmed_by, confirmed_by_name, confirmed_at) on bank_accounts to portal_app;

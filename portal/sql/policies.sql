-- Who sees which rows of the shell. Read as: table, column that ties a row to a client, column that ties it to a case;
-- null means that clients (or debtors) see no row.

call protect('memberships',        'client_id', null);
call protect('invitations',        'client_id', null);
call protect('api_keys',           'client_id', null);
call protect('idempotent_answers', 'client_id', null);
call protect('number_series',      null,        null);
call protect('audit_events',       'client_id', null);
call protect('audit_personal',     null,        null);
call protect('audit_seals',        null,        null);
call protect('audit_unsealed',     null,        null);
call protect('journals',           null,        null);
call protect('journal_lines',      null,        null);
call protect('bank_accounts',      null,        null);
call protect('balance_checkpoints', null,       null);
call protect('ledger_days',        null,        null);
call protect('ledger_marks',       null,        null);
call protect('closed_periods',     null,        null);

-- Everybody within an agency sees its name and licence.
alter table agencies enable row level security;
alter table agencies force row level security;
drop policy if exists agency on agencies;
create policy agency on agencies
    using (agency_id = (select app_agency()) and (select app_scope() in ('staff', 'job', 'client', 'debtor')))
    with check (agency_id = (select app_agency()) and (select app_scope() in ('staff', 'job')));

-- People and their sign-ins belong to no agency: a user sees themselves and whom they share a membership list with.
alter table users enable row level security;
alter table users force row level security;
drop policy if exists self_and_colleagues on users;
create policy self_and_colleagues on users for select using (
    id = (select app_user()) or exists (select from memberships m where m.user_id = users.id));
drop policy if exists self on users;
create policy self on users for update using (id = (select app_user())) with check (id = (select app_user()));

alter table sessions enable row level security;
alter table sessions force row level security;
drop policy if exists own on sessions;
create policy own on sessions using (user_id = (select app_user())) with check (user_id = (select app_user()));

-- Only the functions made for them touch these.
alter table login_attempts enable row level security;
alter table login_attempts force row level security;
alter table password_resets enable row level security;
alter table password_resets force row level security;
alter table rate_counts enable row level security;
alter table rate_counts force row level security;

-- What a client's people or a debtor do is told with its personal values, which they cannot read back.
drop policy if exists client on audit_personal;
create policy client on audit_personal as restrictive
    using ((select app_scope()) <> 'client') with check (true);
drop policy if exists debtor on audit_personal;
create policy debtor on audit_personal as restrictive
    using ((select app_scope()) <> 'debtor') with check (true);

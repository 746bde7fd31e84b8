-- Composite keys, natural keys and indexes of the shell.

create unique index if not exists agencies_own_id on agencies (agency_id, id);
alter table agencies drop constraint if exists agencies_agency_id_is_id;
alter table agencies add constraint agencies_agency_id_is_id check (agency_id = id);

call identified('memberships');
call belongs('memberships', 'agency_id', 'agencies');
alter table memberships drop constraint if exists memberships_user_id_fkey;
alter table memberships add constraint memberships_user_id_fkey foreign key (user_id) references users (id);
alter table memberships drop constraint if exists memberships_role_check;
alter table memberships add constraint memberships_role_check check (
    case when client_id is null then role in ('owner', 'manager', 'negotiator', 'finance', 'auditor')
         else role in ('admin', 'submitter', 'viewer') end);
create unique index if not exists memberships_once on memberships (agency_id, user_id, client_id) nulls not distinct
    where ended_at is null;

alter table sessions drop constraint if exists sessions_user_id_fkey;
alter table sessions add constraint sessions_user_id_fkey foreign key (user_id) references users (id);
alter table sessions drop constraint if exists sessions_membership_id_fkey;
alter table sessions add constraint sessions_membership_id_fkey foreign key (membership_id) references memberships (id);
alter table password_resets drop constraint if exists password_resets_user_id_fkey;
alter table password_resets add constraint password_resets_user_id_fkey foreign key (user_id) references users (id);
alter table users drop constraint if exists users_email_is_lower_case;
alter table users add constraint users_email_is_lower_case check (email = lower(email));

call identified('invitations');
call identified('api_keys');
call belongs('idempotent_answers', 'api_key_id', 'api_keys');
create unique index if not exists idempotent_answers_once on idempotent_answers (agency_id, api_key_id, key);
create index if not exists idempotent_answers_by_age on idempotent_answers (agency_id, created_at);
create unique index if not exists number_series_once on number_series (agency_id, series);
create unique index if not exists rate_counts_once on rate_counts (subject, window_start);

call identified('audit_events');
call belongs('audit_personal', 'event_id', 'audit_events');
create index if not exists audit_events_by_time on audit_events (agency_id, at desc, id desc);
create index if not exists audit_events_by_subject on audit_events (agency_id, subject_kind, subject_id, at desc);
create unique index if not exists audit_seals_in_sequence on audit_seals (agency_id, sequence);

create unique index if not exists exchange_rates_once on exchange_rates (currency, "on");

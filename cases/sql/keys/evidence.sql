-- The life of documents: versions in a row, each replaced once; states; what is due for keeping and removing.

call identified('documents');
call belongs('documents', 'replaces_id', 'documents');
create unique index if not exists documents_replaced_once on documents (agency_id, replaces_id)
    where replaces_id is not null and state in ('released', 'removed');
create index if not exists documents_of_case on documents (agency_id, case_id, id desc);
create index if not exists documents_kept_until on documents (agency_id, kept_until) where state = 'released';
create index if not exists document_accesses_newest on document_accesses (agency_id, document_id, at desc);
alter table documents drop constraint if exists documents_state_check;
alter table documents add constraint documents_state_check check (state in
    ('awaited', 'arrived', 'released', 'refused', 'removed'));
-- What is held is not removed, whoever asks.
alter table documents drop constraint if exists documents_held_stay;
alter table documents add constraint documents_held_stay check (state <> 'removed' or held_at is null);
alter table agencies drop constraint if exists agencies_retention_years_check;
alter table agencies add constraint agencies_retention_years_check check (retention_years between 1 and 30);

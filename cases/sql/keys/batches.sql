-- Documents sent many at once.

-- A file is in its batch once, however often it is chosen.
create unique index if not exists batch_files_once on batch_files (agency_id, batch_id, path, fingerprint);
create index if not exists batch_files_by_state on batch_files (agency_id, batch_id, state, id);
create index if not exists batch_files_unfinished on batch_files (agency_id, created_at)
    where state in ('awaited', 'arrived');
create index if not exists document_batches_newest on document_batches (agency_id, client_id, id desc);
alter table batch_files drop constraint if exists batch_files_state_check;
alter table batch_files add constraint batch_files_state_check check (state in
    ('awaited', 'arrived', 'unpacking', 'filing', 'filed', 'unpacked', 'refused', 'dropped'));

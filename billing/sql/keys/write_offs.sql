-- What is given up of claims.

call identified('write_offs');
call belongs('write_offs', 'ladder_id', 'authority_ladders');
call belongs('write_offs', 'journal_id', 'journals');
call belongs('write_offs', 'undone_journal_id', 'journals');
call belongs_to_client('write_offs');

create index if not exists write_offs_of_case on write_offs (agency_id, case_id, asked_at desc, id desc);
-- One waits at a time: another would be shown with a balance that is not so any more.
create unique index if not exists write_offs_proposed on write_offs (agency_id, case_id) where status = 'proposed';
create index if not exists write_offs_waiting on write_offs (agency_id, id) where status = 'proposed';
create index if not exists write_offs_waiting_of_client on write_offs (agency_id, client_id, asked_at) where status = 'proposed';

alter table write_offs drop constraint if exists write_offs_amounts_check;
alter table write_offs add constraint write_offs_amounts_check check (
    least(principal_minor, interest_minor, costs_minor, forgiven_minor) >= 0
    and principal_minor + interest_minor + costs_minor between 1 and owed_minor and claimed_minor >= owed_minor);
-- In the books, or was: by another person than who proposed it, with its journal; undone by a journal of its own.
alter table write_offs drop constraint if exists write_offs_status_check;
alter table write_offs add constraint write_offs_status_check check (
    status in ('proposed', 'approved', 'declined', 'withdrawn', 'undone') and rung in ('own', 'supervisor', 'client')
    and (status in ('approved', 'declined', 'undone')) = (decided_at is not null)
    and (status = 'undone') = (undone_at is not null) and (undone_at is null) = (undone_journal_id is null));
alter table write_offs drop constraint if exists write_offs_four_eyes;
alter table write_offs add constraint write_offs_four_eyes check (
    decided_by is distinct from asked_by and (decided_at is null) = (decided_by is null));

-- Files of banks, their statements and lines.

call identified('bank_files');
call belongs('bank_files', 'bank_account_id', 'bank_accounts');
create index if not exists bank_files_newest on bank_files (agency_id, id desc);
-- What stands is not read a second time; what was refused may be given again.
create unique index if not exists bank_files_content on bank_files (agency_id, sha256) where status <> 'refused';
alter table bank_files drop constraint if exists bank_files_status_check;
alter table bank_files add constraint bank_files_status_check check (
    status in ('arrived', 'columns', 'kept', 'refused') and octet_length(sha256) = 32);

call identified('bank_statements');
call belongs('bank_statements', 'file_id', 'bank_files');
call belongs('bank_statements', 'bank_account_id', 'bank_accounts');
drop index if exists bank_statements_of_file;
create unique index if not exists bank_statements_in_file on bank_statements (agency_id, file_id, position)
    where withdrawn_at is null;
create index if not exists bank_statements_newest on bank_statements (agency_id, to_on desc, id desc);
create index if not exists bank_statements_of_account on bank_statements (agency_id, bank_account_id, to_on desc, id desc);

call identified('bank_lines');
call belongs('bank_lines', 'statement_id', 'bank_statements');
call belongs('bank_lines', 'bank_account_id', 'bank_accounts');
-- A line stands once: whatever reads a file twice, or two files of the same days, runs into this. What was taken back with
-- its file stands no more.
drop index if exists bank_lines_once;
create unique index if not exists bank_lines_stand_once
    on bank_lines (agency_id, bank_account_id, entry_key, occurrence, part) where status <> 'withdrawn';
create unique index if not exists bank_lines_position on bank_lines (agency_id, statement_id, position);
create index if not exists bank_lines_of_day on bank_lines (agency_id, bank_account_id, booked_on);
create index if not exists bank_lines_open on bank_lines (agency_id, booked_on, id) where status = 'open';
create index if not exists bank_lines_explained on bank_lines (agency_id, bank_account_id, booked_on) where status = 'explained';
alter table bank_lines drop constraint if exists bank_lines_check;
alter table bank_lines add constraint bank_lines_check check (
    status in ('open', 'booked', 'explained', 'withdrawn') and part between 1 and parts and occurrence > 0
    and octet_length(entry_key) = 32 and (status = 'explained') = (explained_at is not null));

call identified('bank_columns');
call belongs('bank_columns', 'bank_account_id', 'bank_accounts');
create unique index if not exists bank_columns_of_account on bank_columns (agency_id, bank_account_id);

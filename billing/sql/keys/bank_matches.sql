-- What bank lines are in the books.

call identified('bank_matches');
call belongs('bank_matches', 'bank_line_id', 'bank_lines');
call belongs('bank_matches', 'bank_account_id', 'bank_accounts');
call belongs('bank_matches', 'journal_id', 'journals');
create index if not exists bank_matches_latest on bank_matches (agency_id, matched_at desc, id desc) where undone_at is null;
-- What a journal moved on an account is one line's, whoever matches at the same moment.
create unique index if not exists bank_matches_once on bank_matches (agency_id, journal_id, bank_account_id)
    where undone_at is null;
alter table bank_matches drop constraint if exists bank_matches_check;
alter table bank_matches add constraint bank_matches_check check (
    kind in ('payment', 'suspense', 'linked', 'posted') and amount_minor <> 0 and confidence between 0 and 100
    and (undone_at is null) = (undone_why = ''));

-- An account that has paid a case is looked for whenever it pays again.
create index if not exists bank_lines_of_payer on bank_lines (agency_id, counterparty_account)
    where counterparty_account <> '';

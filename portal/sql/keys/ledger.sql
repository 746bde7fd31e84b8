-- Keys, checks and indexes of the ledger. The chart of accounts stands here for the database and in
-- portal/ledger/accounts.py for people; a test compares the two.

call identified('journals');
call belongs('journals', 'reverses', 'journals');
create unique index if not exists journals_external_id on journals (agency_id, source, external_id);
create unique index if not exists journals_reversed_once on journals (agency_id, reverses) where reverses is not null;
drop index if exists journals_reverses_idx;
alter table journals drop constraint if exists journals_named;
alter table journals add constraint journals_named check (source <> '' and external_id <> '' and kind <> '');

create unique index if not exists journal_lines_position on journal_lines (agency_id, journal_id, position);
alter table journal_lines drop constraint if exists journal_lines_journal_id_fkey;
alter table journal_lines add constraint journal_lines_journal_id_fkey
    foreign key (agency_id, journal_id) references journals (agency_id, id);

-- An account belongs to one book. (Lists as array literals: the server reads a check anew for each statement, and
-- these it reads quickly.)
alter table journal_lines drop constraint if exists journal_lines_chart;
alter table journal_lines add constraint journal_lines_chart check (
    case book
        when 'trust' then account = any ('{1000,1010,1090,1900,2000,2010,2020,2030,2040}'::smallint[])
        when 'operating' then
            account = any ('{1100,1200,1210,1220,1230,1240,2100,2190,3000,4000,4010,4090,5000,5010,5020,5030}'::smallint[])
        when 'memo' then account = any ('{9000,9100}'::smallint[])
        else false end);

-- Whose account it is: a case's component (which names the case's client as well), a client's, or the agency's.
alter table journal_lines drop constraint if exists journal_lines_holder;
alter table journal_lines add constraint journal_lines_holder check (
    case when account = 9000
        then case_id is not null and client_id is not null
             and component is not null and component = any ('{principal,interest,costs}')
        else case_id is null and component is null
             and (client_id is not null) = (account = any ('{1200,1210,1230,1240,2000,2010,9100}'::smallint[])) end);

-- Ten to the fifteenth is far above any claim, and far enough below bigint's end that thousands of them still add up.
alter table journal_lines drop constraint if exists journal_lines_amount;
alter table journal_lines add constraint journal_lines_amount check (
    amount_minor <> 0 and abs(amount_minor) <= 1000000000000000);
alter table journal_lines drop constraint if exists journal_lines_currency;
alter table journal_lines add constraint journal_lines_currency check (octet_length(currency) = 3);

-- A bank account is one of the agency's, of the line's book and currency; the ledger knows which account is the bank's.
call identified('bank_accounts');
alter table bank_accounts drop constraint if exists bank_accounts_book;
alter table bank_accounts add constraint bank_accounts_book check (book in ('trust', 'operating') and position > 0);
-- Money is sent to an account of the agency's own on the word of two people.
alter table bank_accounts drop constraint if exists bank_accounts_confirmed;
alter table bank_accounts add constraint bank_accounts_confirmed check (
    (confirmed_by is null) = (confirmed_at is null)
    and (confirmed_by is null or book = 'operating' and confirmed_by is distinct from created_by));
create unique index if not exists bank_accounts_position on bank_accounts (agency_id, book, currency, position);
create unique index if not exists bank_accounts_iban on bank_accounts (agency_id, iban, currency) where iban <> '';
create unique index if not exists bank_accounts_named on bank_accounts (agency_id, id, book, currency);
alter table journal_lines drop constraint if exists journal_lines_bank;
alter table journal_lines add constraint journal_lines_bank check (
    bank_account_id is null or account = any ('{1000,1100}'::smallint[]));
alter table journal_lines drop constraint if exists journal_lines_bank_account_id_fkey;
alter table journal_lines add constraint journal_lines_bank_account_id_fkey
    foreign key (agency_id, bank_account_id, book, currency) references bank_accounts (agency_id, id, book, currency);

-- Balances on a date, account by account; the holder is the client, or the agency itself.
create index if not exists journal_lines_by_account on journal_lines
    (agency_id, account, coalesce(client_id, agency_id), currency, effective_on) include (amount_minor)
    where account < 9000;
create index if not exists journal_lines_by_case on journal_lines
    (agency_id, case_id, component, effective_on) include (amount_minor)
    where account = 9000;

create unique index if not exists balance_checkpoints_once on balance_checkpoints
    (agency_id, account, coalesce(client_id, agency_id), currency, through);
create index if not exists balance_checkpoints_latest on balance_checkpoints (agency_id, through);

-- What accounts moved day by day; one row a day, account and bank account, however many lines.
create unique index if not exists ledger_days_once on ledger_days
    (agency_id, account, currency, day, coalesce(bank_account_id, agency_id));
create unique index if not exists ledger_marks_once on ledger_marks (agency_id);

create index if not exists closed_periods_latest on closed_periods (agency_id, through);

-- What bank lines are in the books.

call identified('bank_matches');
-- The days of its line and of its journal, which never change, stand with a match.
do $$
begin
    if exists (select from pg_attribute
               where attrelid = 'bank_matches'::regclass and attname in ('booked_on', 'effective_on') and not attnotnull) then
        alter table bank_matches no force row level security;
        alter table bank_lines no force row level security;
        alter table journals no force row level security;
        update bank_matches m set booked_on = t.booked_on, effective_on = j.effective_on
        from bank_lines t, journals j
        where t.agency_id = m.agency_id and t.id = m.bank_line_id and j.agency_id = m.agency_id and j.id = m.journal_id;
        alter table bank_matches alter column booked_on set not null, alter column effective_on set not null;
    end if;
end
$$;
call belongs('bank_matches', 'bank_line_id', 'bank_lines');
call belongs('bank_matches', 'bank_account_id', 'bank_accounts');
call belongs('bank_matches', 'journal_id', 'journals');
create index if not exists bank_matches_latest on bank_matches (agency_id, matched_at desc, id desc) where undone_at is null;
call belongs('bank_matches', 'instead_of', 'bank_accounts');
-- What a journal moved on an account is one line's, whoever matches at the same moment, and on whatever account its bank
-- tells of it.
create unique index if not exists bank_matches_one on bank_matches (agency_id, journal_id, coalesce(instead_of, bank_account_id))
    where undone_at is null;
drop index if exists bank_matches_once;
create index if not exists bank_matches_elsewhere on bank_matches (agency_id, instead_of) where instead_of is not null;
alter table bank_matches drop constraint if exists bank_matches_check;
alter table bank_matches add constraint bank_matches_check check (
    kind in ('payment', 'suspense', 'linked', 'posted') and amount_minor <> 0 and confidence between 0 and 100
    and instead_of <> bank_account_id and (undone_at is null) = (undone_why = ''));

-- An account that has paid a case is looked for whenever it pays again.
create index if not exists bank_lines_of_payer on bank_lines (agency_id, counterparty_account)
    where counterparty_account <> '';

-- What the bank told on another day than the books have it: found from both days at once, by a range of each.
create extension if not exists btree_gist;
create index if not exists bank_matches_days on bank_matches using gist (agency_id, bank_account_id, effective_on, booked_on)
    where undone_at is null;
create index if not exists bank_matches_undone on bank_matches (agency_id, bank_account_id, effective_on)
    where undone_at is not null;

-- What no line was matched with when its day was summed up.
call belongs('bank_unmatched', 'journal_id', 'journals');
call belongs('bank_unmatched', 'bank_account_id', 'bank_accounts');
create unique index if not exists bank_unmatched_once on bank_unmatched
    (agency_id, account, currency, effective_on, journal_id, coalesce(bank_account_id, agency_id));

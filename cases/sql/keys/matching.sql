-- Debtors that are one, or may be: the keys they are looked up by, each pair once, and what waits for a person.

create unique index if not exists debtor_keys_of_debtor on debtor_keys (agency_id, key, debtor_id);
create unique index if not exists debtor_matches_pair on debtor_matches (agency_id, debtor_id, other_id);
create index if not exists debtor_matches_in_order on debtor_matches (agency_id, decision, id);

-- What is known to be another is not a third: links are one step long, and lead to the older.
alter table debtors drop constraint if exists debtors_same_as_check;
alter table debtors add constraint debtors_same_as_check check (same_as < id);
alter table debtor_matches drop constraint if exists debtor_matches_check;
alter table debtor_matches add constraint debtor_matches_check check (
    other_id < debtor_id and score between 0 and 100 and decision in ('same', 'different'));
alter table debtor_decisions drop constraint if exists debtor_decisions_check;
alter table debtor_decisions add constraint debtor_decisions_check check (decision in ('same', 'different'));

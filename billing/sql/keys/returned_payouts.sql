-- Payouts that the bank returned.

call identified('statements');
call identified('returned_payouts');
call belongs('returned_payouts', 'client_id', 'clients');
call belongs('returned_payouts', 'statement_id', 'statements');
call belongs('returned_payouts', 'journal_id', 'journals');
call belongs('returned_payouts', 'paid_journal_id', 'journals');
-- What came back is paid again before it can come back once more.
create unique index if not exists returned_payouts_waiting on returned_payouts (agency_id, statement_id)
    where status = 'waiting';
create unique index if not exists returned_payouts_journal on returned_payouts (agency_id, journal_id);
create index if not exists returned_payouts_of_statement on returned_payouts (agency_id, statement_id, id);
alter table returned_payouts drop constraint if exists returned_payouts_check;
alter table returned_payouts add constraint returned_payouts_check check (
    amount_minor > 0 and status in ('waiting', 'paid', 'undone') and (status = 'paid') = (paid_journal_id is not null));

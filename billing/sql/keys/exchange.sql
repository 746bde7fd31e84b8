-- Exchanges.

call identified('exchanges');
call belongs('exchanges', 'journal_id', 'journals');
call belongs('exchange_parts', 'exchange_id', 'exchanges');
call belongs('exchange_parts', 'client_id', 'clients');
create index if not exists exchange_quotes_latest on exchange_quotes (agency_id, run_id, target, id desc);
-- A run is exchanged once into each currency, and a statement by one exchange; what was taken back counts no more.
drop index if exists exchanges_run;
create unique index if not exists exchanges_standing on exchanges (agency_id, run_id, target) where taken_back_at is null;
call belongs('exchanges', 'taken_back_journal_id', 'journals');
create unique index if not exists exchange_parts_statement on exchange_parts (agency_id, statement_id);

alter table exchange_quotes drop constraint if exists exchange_quotes_check;
alter table exchange_quotes add constraint exchange_quotes_check check (rate > 0);
alter table exchanges drop constraint if exists exchanges_check;
alter table exchanges add constraint exchanges_check check (
    rate > 0 and sold_minor > 0 and quoted_minor > 0 and bought_minor > 0 and currency <> target);
-- A gain is the client's or the agency's. So is a loss: where it is the agency's, the client is paid what its statement
-- promises, else what was bought.
alter table exchange_parts drop constraint if exists exchange_parts_check;
alter table exchange_parts add constraint exchange_parts_check check (
    rate > 0 and sold_minor > 0 and quoted_minor > 0 and bought_minor >= 0 and drawn_minor >= 0
    and paid_minor in (bought_minor, quoted_minor) and drawn_minor in (0, bought_minor - quoted_minor)
    and paid_minor + drawn_minor >= bought_minor and (paid_minor = quoted_minor or drawn_minor = 0));
-- What is paid out in another currency has been quoted before it is approved.
alter table statements drop constraint if exists statements_payout_check;
alter table statements add constraint statements_payout_check check (
    (payout_currency is not null or quoted_rate is null) and (quoted_rate is null) = (payout_minor is null)
    and payout_currency <> currency and (payout_currency is null or status = 'draft' or payout_minor > 0)
    and exchange_gain in ('client', 'agency') and exchange_loss in ('client', 'agency'));

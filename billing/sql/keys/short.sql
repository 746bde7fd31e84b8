-- Money that arrives short.

call belongs('short_terms', 'client_id', 'clients');
create index if not exists short_terms_latest on short_terms (agency_id, client_id, id desc);
alter table short_terms drop constraint if exists short_terms_check;
alter table short_terms add constraint short_terms_check check (
    bearer in ('debtor', 'client', 'agency') and (percent is null or percent > 0 and percent <= 0.2));

-- What banks kept of a payment at the client's cost is one payment beside it.
call belongs('payments', 'kept_of', 'payments');
create unique index if not exists payments_kept_of on payments (agency_id, kept_of) where kept_of is not null;
alter table payments drop constraint if exists payments_short_check;
alter table payments add constraint payments_short_check check (
    (channel = 'banks') = (kept_of is not null) or reverses is not null);

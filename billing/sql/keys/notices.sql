-- Notices: of each thing that is wrong one stands.

create unique index if not exists notices_standing on notices (agency_id, kind, about) where ended_at is null;
create index if not exists notices_newest on notices (agency_id, id);
call belongs('notices', 'statement_id', 'bank_statements');
alter table notices drop constraint if exists notices_check;
alter table notices add constraint notices_check check (
    kind in ('differs', 'sides', 'chain', 'old', 'unsigned') and (kind = 'chain') = (statement_id is not null)
    and (kind in ('old', 'unsigned')) = (amount_minor is null));

-- What came of a case besides money.

create index if not exists outcomes_of_case on outcomes (agency_id, case_id, asked_at desc, id desc);
-- One waits for the client at a time: another would be shown with a balance that is not so any more.
create unique index if not exists outcomes_proposed on outcomes (agency_id, case_id) where status = 'proposed';
create index if not exists outcomes_waiting on outcomes (agency_id, client_id, asked_at) where status = 'proposed';
create unique index if not exists outcomes_payment on outcomes (agency_id, payment_id) where payment_id is not null;

alter table outcomes drop constraint if exists outcomes_kind_check;
alter table outcomes add constraint outcomes_kind_check check (
    kind in ('goods', 'set_off', 'collateral', 'extension', 'standstill')
    and status in ('proposed', 'stands', 'declined', 'withdrawn', 'ended'));
-- Only what takes value off the claim waits for the client's word, and only that is booked.
alter table outcomes drop constraint if exists outcomes_value_check;
alter table outcomes add constraint outcomes_value_check check (
    case when kind in ('goods', 'set_off') then value_minor > 0 and status <> 'ended'
         else payment_id is null and status in ('stands', 'ended') and coalesce(value_minor, 1) > 0 end);
alter table outcomes drop constraint if exists outcomes_rest_check;
alter table outcomes add constraint outcomes_rest_check check ((until is not null) = (kind in ('extension', 'standstill')));

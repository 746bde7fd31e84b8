-- What was not handed over, and how long it is kept.

create index if not exists placements_unfinished on placements (agency_id, received_at)
    where acknowledged_at is null and cleared_at is null;
create index if not exists case_drafts_oldest on case_drafts (agency_id, updated_at);
alter table agencies drop constraint if exists agencies_unfinished_days_check;
alter table agencies add constraint agencies_unfinished_days_check check (unfinished_days between 7 and 365);

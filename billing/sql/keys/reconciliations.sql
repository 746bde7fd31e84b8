-- Reconciliations: one for each currency and day; what two have signed is never changed or taken away.

call identified('reconciliations');
create unique index if not exists reconciliations_day on reconciliations (agency_id, on_day desc, currency);
alter table reconciliations drop constraint if exists reconciliations_four_eyes;
alter table reconciliations add constraint reconciliations_four_eyes check (
    (second_by is null) = (second_at is null) and (second_by is null) = (document is null)
    and second_by is distinct from first_by);

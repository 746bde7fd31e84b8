-- close_period_alone: a period is closed when no posting is under way, so that none slips into it unseen.

create or replace function close_period_alone() returns trigger
    language plpgsql
as $$
begin
    perform pg_advisory_xact_lock(ledger_lock(), hashtext(new.agency_id::text));
    return new;
end
$$;

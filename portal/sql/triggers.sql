-- Each audit event waits in the sealer's inbox from the moment it commits. (Journals are put there by post_journals.)

create or replace function await_seal() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    insert into audit_unsealed (agency_id, kind, subject_id, at)
    select agency_id, 'event', id, at from events;
    return null;
end
$$;
alter function await_seal() owner to portal_definer;
revoke all on function await_seal() from public;

drop trigger if exists await_seal on audit_events;
create trigger await_seal after insert on audit_events referencing new table as events
    for each statement execute function await_seal();

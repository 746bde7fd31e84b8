-- The agencies in whose inbox something waits for a seal: ids only, for the sealer, who serves them all.

create or replace function agencies_to_seal() returns setof uuid
    language sql stable security definer set search_path = public, pg_temp as
$$
    select distinct agency_id from audit_unsealed
$$;

alter function agencies_to_seal() owner to portal_definer;
revoke all on function agencies_to_seal() from public;
grant execute on function agencies_to_seal() to portal_app;

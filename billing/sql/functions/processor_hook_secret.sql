-- The sealed secret by which an agency's own events are signed, before anybody is known. Null where it has none.

create or replace function processor_hook_secret(p_agency uuid) returns text
    language sql stable security definer set search_path = public, pg_temp as
$$
    select nullif(webhook_secret, '') from processor_accounts where agency_id = p_agency and mode = 'own'
$$;

alter function processor_hook_secret(uuid) owner to portal_definer;
revoke all on function processor_hook_secret(uuid) from public;
grant execute on function processor_hook_secret(uuid) to portal_app;

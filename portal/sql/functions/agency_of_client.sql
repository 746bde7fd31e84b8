-- Which agency a client is of, for the operator's commands.

create or replace function agency_of_client(p_client uuid) returns uuid
    language sql stable security definer set search_path = public, pg_temp as
$$
    select agency_id from clients where id = p_client and app_scope() = 'operator'
$$;

alter function agency_of_client(uuid) owner to portal_definer;
revoke all on function agency_of_client(uuid) from public;
grant execute on function agency_of_client(uuid) to portal_app;

-- Which agency or client a bearer key speaks for, before anyone is known. That it was used is noted after the call, by
-- count_call_of_key: here it would keep the key's row locked for as long as the call lasts.

create or replace function api_key_actor(p_key_hash bytea, p_now timestamptz)
    returns table (
        key_id uuid, name text, agency_id uuid, agency_name text, base_currency text, time_zone text, language text,
        is_sample boolean, client_id uuid, client_name text)
    language sql stable security definer set search_path = public, pg_temp as
$$
    select k.id, k.name, a.id, a.name, a.base_currency, coalesce(c.time_zone, a.time_zone),
           coalesce(c.language, a.language), a.is_sample, c.id, c.name
    from api_keys k
    join agencies a on a.id = k.agency_id
    left join clients c on c.agency_id = k.agency_id and c.id = k.client_id
    where k.key_hash = p_key_hash and k.revoked_at is null and (k.expires_at is null or k.expires_at > p_now)
$$;

alter function api_key_actor(bytea, timestamptz) owner to portal_definer;
revoke all on function api_key_actor(bytea, timestamptz) from public;
grant execute on function api_key_actor(bytea, timestamptz) to portal_app;

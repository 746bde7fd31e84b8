-- Whose session a cookie's token opens, before anyone is known. No row for a token that is unknown, ended, idle for
-- too long or past its absolute end, or for a user who was disabled. The membership's columns are null until one is
-- chosen, or when it has ended since.

create or replace function session_actor(p_token_hash bytea, p_now timestamptz, p_idle interval)
    returns table (
        session_id uuid, user_id uuid, name text, email text, language text, time_zone text, theme text,
        second_factor_at timestamptz, totp_confirmed_at timestamptz, last_seen_at timestamptz,
        membership_id uuid, role text, agency_id uuid, agency_name text, base_currency text, is_sample boolean,
        client_id uuid, client_name text, memberships bigint)
    language sql stable security definer set search_path = public, pg_temp as
$$
    select s.id, u.id, u.name, u.email, u.language, u.time_zone, u.theme,
           s.second_factor_at, u.totp_confirmed_at, s.last_seen_at,
           m.id, m.role, a.id, a.name, a.base_currency, a.is_sample, c.id, c.name,
           (select count(*) from memberships o where o.user_id = u.id and o.ended_at is null)
    from sessions s
    join users u on u.id = s.user_id and u.disabled_at is null
    left join memberships m on m.id = s.membership_id and m.user_id = u.id and m.ended_at is null
    left join agencies a on a.id = m.agency_id
    left join clients c on c.agency_id = m.agency_id and c.id = m.client_id
    where s.token_hash = p_token_hash and s.ended_at is null and s.expires_at > p_now and s.last_seen_at > p_now - p_idle
$$;

alter function session_actor(bytea, timestamptz, interval) owner to portal_definer;
revoke all on function session_actor(bytea, timestamptz, interval) from public;
grant execute on function session_actor(bytea, timestamptz, interval) to portal_app;

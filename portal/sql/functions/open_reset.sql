-- Whose new password a link may set; no row when it is unknown, used or too old. Changes nothing.

create or replace function open_reset(p_token_hash bytea, p_now timestamptz)
    returns table (user_id uuid, email text, agencies text[])
    language sql stable security definer set search_path = public, pg_temp as
$$
    select u.id, u.email, array(select a.name from memberships m join agencies a on a.id = m.agency_id
                                where m.user_id = u.id and m.ended_at is null)
    from password_resets r
    join users u on u.id = r.user_id and u.disabled_at is null
    where r.token_hash = p_token_hash and r.used_at is null and r.expires_at > p_now
$$;

alter function open_reset(bytea, timestamptz) owner to portal_definer;
revoke all on function open_reset(bytea, timestamptz) from public;
grant execute on function open_reset(bytea, timestamptz) to portal_app;

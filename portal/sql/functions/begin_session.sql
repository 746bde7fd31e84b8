-- A new session of the transaction's user, who has just proved who they are. The membership must be their own and open.

create or replace function begin_session(
    p_id uuid, p_token_hash bytea, p_membership uuid, p_second_factor_at timestamptz,
    p_address text, p_user_agent text, p_now timestamptz, p_expires timestamptz)
    returns void
    language sql security definer set search_path = public, pg_temp as
$$
    insert into sessions (id, token_hash, user_id, membership_id, second_factor_at, address, user_agent,
                          created_at, last_seen_at, expires_at)
    values (p_id, p_token_hash, app_user(),
            (select id from memberships where id = p_membership and user_id = app_user() and ended_at is null),
            p_second_factor_at, p_address, p_user_agent, p_now, p_now, p_expires)
$$;

alter function begin_session(uuid, bytea, uuid, timestamptz, text, text, timestamptz, timestamptz) owner to portal_definer;
revoke all on function begin_session(uuid, bytea, uuid, timestamptz, text, text, timestamptz, timestamptz) from public;
grant execute on function begin_session(uuid, bytea, uuid, timestamptz, text, text, timestamptz, timestamptz) to portal_app;

-- Give the user's session a new token, and perhaps another membership or a second factor: at every change of rights.
-- False when the session has ended meanwhile, or the membership is not theirs: then nothing is turned.

create or replace function turn_session(
    p_session uuid, p_token_hash bytea, p_membership uuid, p_second_factor_at timestamptz)
    returns boolean
    language sql security definer set search_path = public, pg_temp as
$$
    with turned as (
        update sessions s set token_hash = p_token_hash, membership_id = p_membership, second_factor_at = p_second_factor_at
        where s.id = p_session and s.user_id = app_user() and s.ended_at is null
          and (p_membership is null or exists (
              select from memberships m
              where m.id = p_membership and m.user_id = app_user() and m.ended_at is null))
        returning 1)
    select exists (select from turned)
$$;

alter function turn_session(uuid, bytea, uuid, timestamptz) owner to portal_definer;
revoke all on function turn_session(uuid, bytea, uuid, timestamptz) from public;
grant execute on function turn_session(uuid, bytea, uuid, timestamptz) to portal_app;

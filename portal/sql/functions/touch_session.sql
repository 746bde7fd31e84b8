-- Note that a session was used, at most once a minute. A session that has ended stays ended.

create or replace function touch_session(p_session uuid, p_now timestamptz) returns void
    language sql security definer set search_path = public, pg_temp as
$$
    update sessions set last_seen_at = p_now
    where id = p_session and ended_at is null and last_seen_at < p_now - interval '1 minute'
$$;

alter function touch_session(uuid, timestamptz) owner to portal_definer;
revoke all on function touch_session(uuid, timestamptz) from public;
grant execute on function touch_session(uuid, timestamptz) to portal_app;

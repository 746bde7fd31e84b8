-- End the session that a cookie's token opens, whoever's it is: the browser signs in anew.

create or replace function end_session(p_token_hash bytea, p_now timestamptz) returns void
    language sql security definer set search_path = public, pg_temp as
$$
    update sessions set ended_at = p_now where token_hash = p_token_hash and ended_at is null
$$;

alter function end_session(bytea, timestamptz) owner to portal_definer;
revoke all on function end_session(bytea, timestamptz) from public;
grant execute on function end_session(bytea, timestamptz) to portal_app;

-- The attempt turned out right and no longer counts against its account and address.

create or replace function attempt_succeeded(p_attempt uuid) returns void
    language sql security definer set search_path = public, pg_temp as
$$
    update login_attempts set succeeded = true where id = p_attempt
$$;

alter function attempt_succeeded(uuid) owner to portal_definer;
revoke all on function attempt_succeeded(uuid) from public;
grant execute on function attempt_succeeded(uuid) to portal_app;

-- Use up a time step of the user's authenticator. False when it, or a later one, was used before: a code works once.

create or replace function spend_code(p_step integer) returns boolean
    language sql security definer set search_path = public, pg_temp as
$$
    with spent as (
        update users set totp_last_step = p_step
        where id = app_user() and totp_secret is not null and totp_last_step < p_step
        returning 1)
    select exists (select from spent)
$$;

alter function spend_code(integer) owner to portal_definer;
revoke all on function spend_code(integer) from public;
grant execute on function spend_code(integer) to portal_app;

-- The second factor of the transaction's user: prepared (a secret, not confirmed), confirmed, or taken away (null).

create or replace function set_own_second_factor(
    p_secret text, p_confirmed_at timestamptz, p_step integer, p_recovery_hashes bytea[])
    returns void
    language sql security definer set search_path = public, pg_temp as
$$
    update users set totp_secret = p_secret, totp_confirmed_at = p_confirmed_at, totp_last_step = p_step,
                     recovery_hashes = p_recovery_hashes
    where id = app_user()
$$;

alter function set_own_second_factor(text, timestamptz, integer, bytea[]) owner to portal_definer;
revoke all on function set_own_second_factor(text, timestamptz, integer, bytea[]) from public;
grant execute on function set_own_second_factor(text, timestamptz, integer, bytea[]) to portal_app;

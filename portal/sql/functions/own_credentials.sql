-- What the transaction's user proves themselves with. Nobody else's can be asked for.

create or replace function own_credentials()
    returns table (
        email text, password_hash text, totp_secret text, totp_confirmed_at timestamptz, totp_last_step integer,
        recovery_codes_left integer)
    language sql stable security definer set search_path = public, pg_temp as
$$
    select u.email, u.password_hash, u.totp_secret, u.totp_confirmed_at, u.totp_last_step,
           coalesce(cardinality(u.recovery_hashes), 0)
    from users u where u.id = app_user() and u.disabled_at is null
$$;

alter function own_credentials() owner to portal_definer;
revoke all on function own_credentials() from public;
grant execute on function own_credentials() to portal_app;

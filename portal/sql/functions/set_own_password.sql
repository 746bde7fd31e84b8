-- A new password of the transaction's user.

create or replace function set_own_password(p_password_hash text) returns void
    language sql security definer set search_path = public, pg_temp as
$$
    update users set password_hash = p_password_hash where id = app_user()
$$;

alter function set_own_password(text) owner to portal_definer;
revoke all on function set_own_password(text) from public;
grant execute on function set_own_password(text) to portal_app;

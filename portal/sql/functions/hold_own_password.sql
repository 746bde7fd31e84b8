-- Whether the password of the transaction's user is still the one that hashes to this; it cannot change until the
-- transaction ends. Hashing takes a while, in which a reset may have ended every session: none begins on the old one.

create or replace function hold_own_password(p_password_hash text) returns boolean
    language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform from users
    where id = app_user() and password_hash = p_password_hash and disabled_at is null
    for no key update;
    return found;
end
$$;

alter function hold_own_password(text) owner to portal_definer;
revoke all on function hold_own_password(text) from public;
grant execute on function hold_own_password(text) to portal_app;

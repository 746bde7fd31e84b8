-- Use up a recovery code of the transaction's user. False when they have none like it.

create or replace function spend_recovery_code(p_hash bytea) returns boolean
    language sql security definer set search_path = public, pg_temp as
$$
    with spent as (
        update users set recovery_hashes = array_remove(recovery_hashes, p_hash)
        where id = app_user() and p_hash = any (recovery_hashes)
        returning 1)
    select exists (select from spent)
$$;

alter function spend_recovery_code(bytea) owner to portal_definer;
revoke all on function spend_recovery_code(bytea) from public;
grant execute on function spend_recovery_code(bytea) to portal_app;

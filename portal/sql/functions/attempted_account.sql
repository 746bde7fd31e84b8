-- Whose account a failed attempt was at: what the job that tells their agencies asks. No row when it is nobody's.

create or replace function attempted_account(p_attempt uuid)
    returns table (user_id uuid, name text, address text, at timestamptz, purpose text)
    language sql stable security definer set search_path = public, pg_temp as
$$
    select u.id, u.name, t.address, t.at, t.purpose
    from login_attempts t
    join users u on t.account in (sha256(convert_to(u.email, 'UTF8')), sha256(convert_to(u.id::text, 'UTF8')))
    where t.id = p_attempt and not t.succeeded
$$;

alter function attempted_account(uuid) owner to portal_definer;
revoke all on function attempted_account(uuid) from public;
grant execute on function attempted_account(uuid) to portal_app;

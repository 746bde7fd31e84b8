-- Whom an e-mail belongs to and what their password hashes to, before anyone is known. No row for somebody disabled.

create or replace function person_by_email(p_email text)
    returns table (user_id uuid, password_hash text)
    language sql stable security definer set search_path = public, pg_temp as
$$
    select u.id, u.password_hash from users u where u.email = lower(p_email) and u.disabled_at is null
$$;

alter function person_by_email(text) owner to portal_definer;
revoke all on function person_by_email(text) from public;
grant execute on function person_by_email(text) to portal_app;

-- Prepare a link to set a new password for the account that a reset was asked for; to whom it must be sent. No row when
-- the account is nobody's. The job that mails the link asks this, so that the page takes as long for strangers.

create or replace function begin_reset(p_attempt uuid, p_token_hash bytea, p_now timestamptz, p_expires timestamptz)
    returns table (email text, name text, language text)
    language sql security definer set search_path = public, pg_temp as
$$
    with person as (
        select u.id, u.email, u.name, u.language
        from login_attempts t
        join users u on sha256(convert_to(u.email, 'UTF8')) = t.account
        where t.id = p_attempt and t.purpose = 'reset' and u.disabled_at is null and u.password_hash is not null),
    link as (
        insert into password_resets (id, user_id, token_hash, created_at, expires_at)
        select uuidv7(), id, p_token_hash, p_now, p_expires from person)
    select email, name, language from person
$$;

alter function begin_reset(uuid, bytea, timestamptz, timestamptz) owner to portal_definer;
revoke all on function begin_reset(uuid, bytea, timestamptz, timestamptz) from public;
grant execute on function begin_reset(uuid, bytea, timestamptz, timestamptz) to portal_app;

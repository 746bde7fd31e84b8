-- Use up the link: the new password holds, every session of the user ends, and so does every other such link. Null when
-- the link does not hold (any more).

create or replace function consume_reset(p_token_hash bytea, p_password_hash text, p_now timestamptz) returns uuid
    language plpgsql security definer set search_path = public, pg_temp as
$$
declare
    person uuid;
begin
    update password_resets r set used_at = p_now
    from users u
    where r.token_hash = p_token_hash and r.used_at is null and r.expires_at > p_now
      and u.id = r.user_id and u.disabled_at is null
    returning r.user_id into person;
    if person is null then
        return null;
    end if;
    update users set password_hash = p_password_hash where id = person;
    update sessions set ended_at = p_now where user_id = person and ended_at is null;
    update password_resets set used_at = p_now where user_id = person and used_at is null;
    return person;
end
$$;

alter function consume_reset(bytea, text, timestamptz) owner to portal_definer;
revoke all on function consume_reset(bytea, text, timestamptz) from public;
grant execute on function consume_reset(bytea, text, timestamptz) to portal_app;

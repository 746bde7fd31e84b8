-- Use up an invitation: its e-mail becomes a user, if it is none yet, and gets the membership. Whose e-mail is known must
-- be the transaction's user, so have proved themselves; a stranger gives a name and a password. No row when the link does
-- not hold (any more) or is somebody else's.

create or replace function accept_invitation(
    p_token_hash bytea, p_name text, p_password_hash text, p_time_zone text, p_now timestamptz)
    returns table (user_id uuid, membership_id uuid)
    language plpgsql security definer set search_path = public, pg_temp as
$$
declare
    offered invitations;
    person uuid;
    known boolean;
    member uuid;
begin
    select * into offered from invitations i
    where i.token_hash = p_token_hash and i.accepted_at is null and i.withdrawn_at is null and i.expires_at > p_now
    for update;
    if offered.id is null then
        return;
    end if;
    select u.id, u.password_hash is not null into person, known from users u where u.email = offered.email for update;
    if known and person is distinct from app_user() or not coalesce(known, false) and p_password_hash is null then
        return;
    end if;
    if person is null then
        insert into users (id, email, name, password_hash, language, time_zone, created_at)
        values (uuidv7(), offered.email, p_name, p_password_hash, offered.language, coalesce(p_time_zone, (
            select coalesce(c.time_zone, a.time_zone) from agencies a
            left join clients c on c.agency_id = a.id and c.id = offered.client_id
            where a.id = offered.agency_id)), p_now)
        returning id into person;
    elsif not known then
        update users set name = p_name, password_hash = p_password_hash where id = person;
    end if;
    select m.id into member from memberships m
    where m.agency_id = offered.agency_id and m.user_id = person and m.ended_at is null
      and m.client_id is not distinct from offered.client_id;
    if member is null then
        insert into memberships (id, agency_id, user_id, client_id, role, created_at)
        values (uuidv7(), offered.agency_id, person, offered.client_id, offered.role, p_now)
        returning id into member;
    end if;
    update invitations set accepted_at = p_now where id = offered.id;
    return query select person, member;
end
$$;

alter function accept_invitation(bytea, text, text, text, timestamptz) owner to portal_definer;
revoke all on function accept_invitation(bytea, text, text, text, timestamptz) from public;
grant execute on function accept_invitation(bytea, text, text, text, timestamptz) to portal_app;

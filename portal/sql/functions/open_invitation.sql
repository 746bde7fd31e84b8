-- What an invitation's link offers, before anyone is known; no row when it no longer holds. Changes nothing.

create or replace function open_invitation(p_token_hash bytea, p_now timestamptz)
    returns table (
        invitation_id uuid, email text, role text, language text, agency_id uuid, agency_name text, client_name text,
        user_id uuid)
    language sql stable security definer set search_path = public, pg_temp as
$$
    select i.id, i.email, i.role, i.language, a.id, a.name, c.name,
           (select u.id from users u where u.email = i.email and u.password_hash is not null)
    from invitations i
    join agencies a on a.id = i.agency_id
    left join clients c on c.agency_id = i.agency_id and c.id = i.client_id
    where i.token_hash = p_token_hash and i.accepted_at is null and i.withdrawn_at is null and i.expires_at > p_now
$$;

alter function open_invitation(bytea, timestamptz) owner to portal_definer;
revoke all on function open_invitation(bytea, timestamptz) from public;
grant execute on function open_invitation(bytea, timestamptz) to portal_app;

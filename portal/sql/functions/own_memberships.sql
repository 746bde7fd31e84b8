-- The agencies and clients that the transaction's user may act for, over all agencies.

create or replace function own_memberships()
    returns table (
        membership_id uuid, role text, agency_id uuid, agency_name text, base_currency text, is_sample boolean,
        client_id uuid, client_name text)
    language sql stable security definer set search_path = public, pg_temp as
$$
    select m.id, m.role, a.id, a.name, a.base_currency, a.is_sample, c.id, c.name
    from memberships m
    join agencies a on a.id = m.agency_id
    left join clients c on c.agency_id = m.agency_id and c.id = m.client_id
    where m.user_id = app_user() and m.ended_at is null
    order by a.name, c.name nulls first
$$;

alter function own_memberships() owner to portal_definer;
revoke all on function own_memberships() from public;
grant execute on function own_memberships() to portal_app;

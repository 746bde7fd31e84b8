-- End every session that acts for a membership, when its role changed or it ended. Only memberships that the
-- transaction may see: its agency's, and for people of a client their own client's.

create or replace function end_sessions_of_membership(p_membership uuid, p_now timestamptz) returns void
    language sql security definer set search_path = public, pg_temp as
$$
    update sessions s set ended_at = p_now
    from memberships m
    where m.id = p_membership and s.membership_id = m.id and s.ended_at is null and m.agency_id = app_agency()
      and (app_scope() in ('staff', 'job') or app_scope() = 'client' and m.client_id = app_client())
$$;

alter function end_sessions_of_membership(uuid, timestamptz) owner to portal_definer;
revoke all on function end_sessions_of_membership(uuid, timestamptz) from public;
grant execute on function end_sessions_of_membership(uuid, timestamptz) to portal_app;

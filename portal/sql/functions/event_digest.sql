-- The digest of an audit event: SHA-256 over every one of its columns. JSONB writes its keys in one order, and the
-- time is written in UTC with microseconds, so that the same row gives the same digest anywhere. Null without the event.

create or replace function event_digest(p_event uuid) returns bytea
    language sql stable parallel safe set search_path = public, pg_temp as
$$
    select sha256(convert_to(jsonb_build_array(
        e.id, e.agency_id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        e.actor_kind, e.actor_id, e.actor_name, e.action, e.subject_kind, e.subject_id, e.client_id,
        e.facts, e.before, e.after, e.request_id)::text, 'UTF8'))
    from audit_events e where e.id = p_event
$$;

revoke all on function event_digest(uuid) from public;
grant execute on function event_digest(uuid) to portal_app, portal_definer;

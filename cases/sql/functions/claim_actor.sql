-- Whose case the cookie of a debtor's page opens, before anyone is known. No row for a token that is unknown, ended, idle
-- for too long or past its absolute end, or whose private link has ended.

create or replace function claim_actor(p_token_hash bytea, p_now timestamptz, p_idle interval)
    returns table (
        visit_id uuid, link_id uuid, valid_until timestamptz, last_seen_at timestamptz, language text, case_id uuid,
        debtor_name text, agency_id uuid, agency_name text, base_currency text, time_zone text, is_sample boolean)
    language sql stable security definer set search_path = public, pg_temp as
$$
    select v.id, l.id, l.expires_at, v.last_seen_at, v.language, c.id, c.debtor_name,
           a.id, a.name, a.base_currency, a.time_zone, a.is_sample
    from claim_visits v
    join claim_links l on l.agency_id = v.agency_id and l.id = v.link_id and l.revoked_at is null and l.expires_at > p_now
    join cases c on c.agency_id = v.agency_id and c.id = v.case_id
    join agencies a on a.id = v.agency_id
    where v.token_hash = p_token_hash and v.ended_at is null and v.expires_at > p_now and v.last_seen_at > p_now - p_idle
$$;

alter function claim_actor(bytea, timestamptz, interval) owner to portal_definer;
revoke all on function claim_actor(bytea, timestamptz, interval) from public;
grant execute on function claim_actor(bytea, timestamptz, interval) to portal_app;

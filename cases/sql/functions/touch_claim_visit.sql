-- Note that a debtor's visit was used, at most once a minute. A visit that has ended stays ended.

create or replace function touch_claim_visit(p_visit uuid, p_now timestamptz) returns void
    language sql security definer set search_path = public, pg_temp as
$$
    update claim_visits set last_seen_at = p_now
    where id = p_visit and ended_at is null and last_seen_at < p_now - interval '1 minute'
$$;

alter function touch_claim_visit(uuid, timestamptz) owner to portal_definer;
revoke all on function touch_claim_visit(uuid, timestamptz) from public;
grant execute on function touch_claim_visit(uuid, timestamptz) to portal_app;

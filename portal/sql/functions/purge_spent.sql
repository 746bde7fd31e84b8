-- Delete what has no value any more, over all agencies: at most so many rows of each kind, so that nobody waits for it
-- for long; how many of which kind. For the job that the calendar brings. What is evidence is never among it.

create or replace function purge_spent(p_now timestamptz, p_most integer) returns table (kind text, purged bigint)
    language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    -- The same call is answered the same for seven days.
    kind := 'idempotent_answers';
    delete from idempotent_answers where id in (
        select old.id from agencies a cross join lateral (
            select i.id from idempotent_answers i
            where i.agency_id = a.id and i.created_at < p_now - interval '7 days' limit p_most) old
        limit p_most);
    get diagnostics purged = row_count;
    return next;
    -- Limits look back a quarter of an hour, the jobs that tell of an attempt a few hours.
    kind := 'login_attempts';
    delete from login_attempts where id in (
        select id from login_attempts where at < p_now - interval '7 days' limit p_most);
    get diagnostics purged = row_count;
    return next;
    -- Nothing opens them again; the trail has who came and went.
    kind := 'sessions';
    delete from sessions where id in (
        select id from sessions where least(expires_at, ended_at) < p_now - interval '30 days'
        limit p_most);
    get diagnostics purged = row_count;
    return next;
    kind := 'password_resets';
    delete from password_resets where id in (
        select id from password_resets where least(expires_at, used_at) < p_now - interval '7 days'
        limit p_most);
    get diagnostics purged = row_count;
    return next;
    kind := 'claim_codes';
    delete from claim_codes where id in (
        select old.id from agencies a cross join lateral (
            select c.id from claim_codes c
            where c.agency_id = a.id and c.expires_at < p_now - interval '7 days' limit p_most) old
        limit p_most);
    get diagnostics purged = row_count;
    return next;
    -- The timeline has that the debtor came.
    kind := 'claim_visits';
    delete from claim_visits where id in (
        select old.id from agencies a cross join lateral (
            select v.id from claim_visits v
            where v.agency_id = a.id and least(v.expires_at, v.ended_at) < p_now - interval '30 days' limit p_most) old
        limit p_most);
    get diagnostics purged = row_count;
    return next;
    -- E-mail addresses of people who may never have come; the trail has that they were invited.
    kind := 'invitations';
    delete from invitations where id in (
        select id from invitations where least(expires_at, accepted_at, withdrawn_at) < p_now - interval '90 days'
        limit p_most);
    get diagnostics purged = row_count;
    return next;
    kind := 'rate_counts';
    delete from rate_counts where id in (
        select id from rate_counts where window_start < p_now - interval '1 day' limit p_most);
    get diagnostics purged = row_count;
    return next;
end
$$;

alter function purge_spent(timestamptz, integer) owner to portal_definer;
revoke all on function purge_spent(timestamptz, integer) from public;
grant execute on function purge_spent(timestamptz, integer) to portal_app;

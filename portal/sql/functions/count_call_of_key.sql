-- Counts a call of the bearer key of this transaction in its window, and notes at most once a minute that it was used.
-- Runs in a short transaction of its own after the call, so that no row stays locked while the call is answered.

create or replace function count_call_of_key(p_window_start timestamptz, p_now timestamptz) returns void
    language sql security definer set search_path = public, pg_temp
begin atomic
    insert into rate_counts (subject, window_start, calls)
    select 'api_key ' || app_user(), p_window_start, 1 where app_user() is not null
    on conflict (subject, window_start) do update set calls = rate_counts.calls + 1;
    delete from rate_counts
    where subject = 'api_key ' || app_user() and window_start < p_window_start - interval '1 hour';
    update api_keys set last_used_at = p_now
    where id = app_user() and agency_id = app_agency()
      and (last_used_at is null or last_used_at < p_now - interval '1 minute');
end;

alter function count_call_of_key(timestamptz, timestamptz) owner to portal_definer;
revoke all on function count_call_of_key(timestamptz, timestamptz) from public;
grant execute on function count_call_of_key(timestamptz, timestamptz) to portal_app;

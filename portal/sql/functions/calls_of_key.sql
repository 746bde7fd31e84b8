-- How many calls the bearer key of this transaction has made since the beginning of a window.

create or replace function calls_of_key(p_window_start timestamptz) returns integer
    language sql stable security definer set search_path = public, pg_temp
    return coalesce((select calls from rate_counts
                     where subject = 'api_key ' || app_user() and window_start = p_window_start), 0);

alter function calls_of_key(timestamptz) owner to portal_definer;
revoke all on function calls_of_key(timestamptz) from public;
grant execute on function calls_of_key(timestamptz) to portal_app;

-- The agencies where midnight has just passed, by their own clocks: which one, and the date that began.

create or replace function days_beginning(p_now timestamptz) returns table (agency_id uuid, day date)
    language sql stable security definer set search_path = public, pg_temp as
$$
    select a.id, (p_now at time zone a.time_zone)::date
    from agencies a where extract(hour from p_now at time zone a.time_zone) = 0
$$;

alter function days_beginning(timestamptz) owner to portal_definer;
revoke all on function days_beginning(timestamptz) from public;
grant execute on function days_beginning(timestamptz) to portal_app;

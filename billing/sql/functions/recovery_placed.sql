-- What the client of the settings placed, by currency and month, and what of it is open. A case placed in error was
-- never placed. For everybody else: nothing.
-- Under row-level security the planner would expect a few hundred rows of a client that has a hundred thousand, and
-- join them one by one; that is why these sums are made in functions.

create or replace function recovery_placed()
    returns table (currency text, month date, cases bigint, placed_minor bigint, open_cases bigint, open_minor bigint)
    language plpgsql stable security definer
    set search_path = public, pg_temp
    set plan_cache_mode = force_custom_plan
    set jit = off as
$$
declare
    agency uuid := app_agency();
    client uuid := case app_scope() when 'client' then app_client() end;
begin
    if agency is null or client is null then
        return;
    end if;
    return query
    select d.currency, d.placed_on - extract(day from d.placed_on)::int + 1, sum(d.cases)::bigint,
           sum(d.placed)::bigint, sum(d.open_cases)::bigint, coalesce(sum(d.open_sum), 0)::bigint
    from (select c.currency, c.placed_on, count(*) as cases, sum(c.placed_minor) as placed,
                 count(*) filter (where c.status <> 'closed') as open_cases,
                 sum(c.principal_minor + c.interest_minor + c.costs_minor) filter (where c.status <> 'closed') as open_sum
          from cases c
          where c.agency_id = agency and c.client_id = client and c.close_code is distinct from 'placed_in_error'
          group by c.currency, c.placed_on) d
    group by 1, 2 order by 1, 2;
end
$$;

alter function recovery_placed() owner to portal_definer;
revoke all on function recovery_placed() from public;
grant execute on function recovery_placed() to portal_app;

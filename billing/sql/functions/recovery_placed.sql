-- What the client of the settings placed, by currency and month, what of it is open, and by how much it was corrected and
-- recalled since. A case placed in error was never placed. For everybody else: nothing.
-- Under row-level security the planner would expect a few hundred rows of a client that has a hundred thousand, and
-- join them one by one; that is why these sums are made in functions.

drop function if exists recovery_placed();
create or replace function recovery_placed()
    returns table (currency text, month date, cases bigint, placed_minor bigint, open_cases bigint, open_minor bigint,
                   corrected_minor bigint, recalled_minor bigint)
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
           sum(d.placed)::bigint, sum(d.open_cases)::bigint, coalesce(sum(d.open_sum), 0)::bigint,
           sum(d.corrected)::bigint, sum(d.recalled)::bigint
    from (select c.currency, c.placed_on, count(*) as cases, sum(c.placed_minor) as placed,
                 count(*) filter (where c.status <> 'closed') as open_cases,
                 sum(c.principal_minor + c.interest_minor + c.costs_minor) filter (where c.status <> 'closed') as open_sum,
                 0 as corrected, 0 as recalled
          from cases c
          where c.agency_id = agency and c.client_id = client
            and coalesce(c.close_code, '') not in ('placed_in_error', 'declined')
          group by c.currency, c.placed_on
          -- What changed since stands on few of them.
          union all
          select c.currency, c.placed_on, 0, 0, 0, 0, p.after_minor - p.before_minor, 0
          from claim_corrections p
          join cases c on c.agency_id = agency and c.client_id = client and c.id = p.case_id
          where p.agency_id = agency and p.client_id = client and p.status = 'posted'
            and coalesce(c.close_code, '') not in ('placed_in_error', 'declined')
          union all
          select c.currency, c.placed_on, 0, 0, 0, 0, 0, -l.amount_minor
          from recalls r
          join cases c on c.agency_id = agency and c.client_id = client and c.id = r.case_id
          join journal_lines l on l.agency_id = agency and l.case_id = r.case_id and l.account = 9000
          join journals j on j.agency_id = agency and j.id = l.journal_id and j.source = 'recall'
          where r.agency_id = agency and r.client_id = client and r.status = 'final'
          -- Given back by a person of the agency, because the client said so some other way.
          union all
          select c.currency, c.placed_on, 0, 0, 0, 0, 0, -l.amount_minor
          from cases c
          join journal_lines l on l.agency_id = agency and l.case_id = c.id and l.account = 9000
          join journals j on j.agency_id = agency and j.id = l.journal_id and j.source = 'placement'
                         and j.external_id <> c.id::text
          where c.agency_id = agency and c.client_id = client and c.close_code = 'withdrawn' and not exists (
              select from recalls r where r.agency_id = agency and r.case_id = c.id and r.status = 'final')) d
    group by 1, 2 order by 1, 2;
end
$$;

alter function recovery_placed() owner to portal_definer;
revoke all on function recovery_placed() from public;
grant execute on function recovery_placed() to portal_app;

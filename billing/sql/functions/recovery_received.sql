-- What came on the cases of the client of the settings, less what went back, with the fees: by currency, month of
-- placement and month of the money; of it, what came from a day on. For everybody else: nothing.

create or replace function recovery_received(p_since date)
    returns table (currency text, placed_month date, month date, amount_minor bigint, fee_minor bigint,
                   week_minor bigint)
    language plpgsql stable security definer
    set search_path = public, pg_temp
    set plan_cache_mode = force_custom_plan
    set jit = off
    set work_mem = '16MB' as
$$
declare
    agency uuid := app_agency();
    client uuid := case app_scope() when 'client' then app_client() end;
begin
    if agency is null or client is null then
        return;
    end if;
    return query
    select d.currency, d.placed_on - extract(day from d.placed_on)::int + 1,
           d.received_on - extract(day from d.received_on)::int + 1, sum(d.amount)::bigint, sum(d.fee)::bigint,
           coalesce(sum(d.amount) filter (where d.received_on >= p_since), 0)::bigint
    from (select p.currency, c.placed_on, p.received_on, sum(p.amount_minor) as amount, sum(p.fee_minor) as fee
          from payments p join cases c on c.agency_id = agency and c.client_id = client and c.id = p.case_id
          where p.agency_id = agency and p.client_id = client
          group by p.currency, c.placed_on, p.received_on) d
    group by 1, 2, 3 order by 1, 2, 3;
end
$$;

alter function recovery_received(date) owner to portal_definer;
revoke all on function recovery_received(date) from public;
grant execute on function recovery_received(date) to portal_app;

-- What debtors promised on the cases of the client of the settings, by currency and by what became of it: how many
-- promises, and what is still to come. For everybody else: nothing.

create or replace function recovery_promised()
    returns table (currency text, status text, promises bigint, outstanding_minor bigint)
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
    select c.currency, p.status, count(*), sum(greatest(p.amount_minor - p.received_minor, 0))::bigint
    from promises p join cases c on c.agency_id = agency and c.client_id = client and c.id = p.case_id
    where p.agency_id = agency and p.client_id = client
    group by 1, 2 order by 1, 2;
end
$$;

alter function recovery_promised() owner to portal_definer;
revoke all on function recovery_promised() from public;
grant execute on function recovery_promised() to portal_app;

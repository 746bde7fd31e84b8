-- Debtors of the agency by a fragment of their name. The agency's record of a debtor is for staff only.

create or replace function search_debtors(p_query text, p_limit int)
    returns table (id uuid, name text, city text, country text, cases bigint, open_cases bigint)
    language plpgsql stable security definer
    set search_path = public, pg_temp
    set plan_cache_mode = force_custom_plan
    set enable_seqscan = off
    set enable_indexscan = off as
$$
declare
    agency uuid := app_agency();
    pattern text := search_pattern(p_query);
begin
    if agency is null or app_scope() is distinct from 'staff' or pattern is null then
        return;
    end if;
    return query
    with by_name as materialized (
        select d.id, d.name, d.city, d.country from debtors d
        where d.agency_id = agency and ' ' || name_fold(d.name) like pattern
        limit 300
    ), found as (
        select * from by_name b order by b.name, b.id limit p_limit
    )
    select f.id, f.name, f.city, f.country, count(c.id), count(c.id) filter (where c.status <> 'closed')
    from found f left join cases c on c.agency_id = agency and c.debtor_id = f.id
    group by f.id, f.name, f.city, f.country order by f.name, f.id;
end
$$;

alter function search_debtors(text, int) owner to portal_definer;
revoke all on function search_debtors(text, int) from public;
grant execute on function search_debtors(text, int) to portal_app;

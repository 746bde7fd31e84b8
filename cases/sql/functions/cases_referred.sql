-- The cases whose client's reference, or one of whose invoice numbers, is one of the given words, which are in small
-- letters. It stands here because under row-level security lower() keeps an index from being used.

create or replace function cases_referred(p_words text[], p_limit int)
    returns table (place int, case_id uuid)
    language plpgsql stable security definer
    set search_path = public, pg_temp
    set plan_cache_mode = force_custom_plan as
$$
declare
    agency uuid := app_agency();
begin
    if agency is null or coalesce(app_scope(), '') not in ('staff', 'job') then
        return;
    end if;
    return query
    select asked.place::int, found.id
    from unnest(p_words) with ordinality as asked (word, place)
    cross join lateral (
        (select c.id from cases c where c.agency_id = agency and lower(c.reference) = asked.word limit p_limit)
        union all
        (select i.case_id from invoices i where i.agency_id = agency and lower(i.number) = asked.word limit p_limit)) as found;
end
$$;

alter function cases_referred(text[], int) owner to portal_definer;
revoke all on function cases_referred(text[], int) from public;
grant execute on function cases_referred(text[], int) to portal_app;

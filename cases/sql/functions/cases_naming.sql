-- The cases in whose debtor's name (or number, or reference) each of the given texts stands. Whoever asks compares what is
-- found; of a text that many have in common the newest open cases are given, p_limit of them.

create or replace function cases_naming(p_texts text[], p_limit int)
    returns table (place int, case_id uuid)
    language plpgsql stable security definer
    set search_path = public, pg_temp
    set plan_cache_mode = force_custom_plan
    set enable_seqscan = off
    set enable_indexscan = off as
$$
declare
    agency uuid := app_agency();
begin
    if agency is null or coalesce(app_scope(), '') not in ('staff', 'job') then
        return;
    end if;
    return query
    select asked.place::int, found.id
    from unnest(p_texts) with ordinality as asked (text, place)
    cross join lateral (
        select hit.id from (
            select c.id, c.status from cases c
            where c.agency_id = agency
              and case_words(c.number, c.reference, c.debtor_name) like search_pattern(asked.text)
            limit 300) as hit
        order by hit.status = 'closed', hit.id desc limit p_limit) as found
    where length(btrim(asked.text)) > 2;
end
$$;

alter function cases_naming(text[], int) owner to portal_definer;
revoke all on function cases_naming(text[], int) from public;
grant execute on function cases_naming(text[], int) to portal_app;

-- Cases by number, reference, invoice number or a fragment of the debtor's name: staff of the whole agency, people of
-- a client their own cases with the debtor as they placed it, everybody else none. LIKE is not leakproof, so that under
-- row-level security it could not use its index; this function takes agency and client from the settings instead.

create or replace function search_cases(p_query text, p_limit int)
    returns table (id uuid, number text, reference text, debtor_name text, debtor_city text, debtor_country text,
                   client_id uuid, situation text, currency text, balance_minor bigint, oldest_due_on date,
                   invoice_number text)
    language plpgsql stable security definer
    set search_path = public, pg_temp
    set plan_cache_mode = force_custom_plan
    -- The indexes are the only good way in, whatever the statistics say of a fragment.
    set enable_seqscan = off
    set enable_indexscan = off as
$$
declare
    agency uuid := app_agency();
    client uuid := case app_scope() when 'client' then app_client() end;
    pattern text := search_pattern(p_query);
    beginning text := replace(replace(replace(lower(btrim(p_query)), '\', '\\'), '%', '\%'), '_', '\_') || '%';
begin
    -- No scope is null here, and null is nobody.
    if agency is null or coalesce(app_scope(), '') not in ('staff', 'client', 'job')
       or (app_scope() = 'client' and client is null) or pattern is null then
        return;
    end if;
    return query
    with by_name as materialized (
        select c.id from cases c
        where c.agency_id = agency and (client is null or c.client_id = client)
          and case_words(c.number, c.reference, c.debtor_name) like pattern
        limit 300
    ), by_invoice as materialized (
        select i.case_id, min(i.number) as number from (
            select n.case_id, n.number from invoices n
            where n.agency_id = agency and (client is null or n.client_id = client)
              and length(btrim(p_query)) > 2 and lower(n.number) like beginning
            limit 100) i
        group by i.case_id
    ), found as (
        select b.id from by_name b union select b.case_id from by_invoice b
    )
    select c.id, c.number, c.reference, c.debtor_name, c.debtor_city, c.debtor_country, c.client_id, c.situation,
           c.currency, c.principal_minor + c.interest_minor + c.costs_minor, c.oldest_due_on, i.number
    from found f
    join cases c on c.agency_id = agency and c.id = f.id
    left join by_invoice i on i.case_id = f.id
    order by lower(btrim(p_query)) in (lower(c.number), lower(c.reference), lower(i.number)) desc nulls last,
             c.status = 'closed', c.id desc
    limit p_limit;
end
$$;

alter function search_cases(text, int) owner to portal_definer;
revoke all on function search_cases(text, int) from public;
grant execute on function search_cases(text, int) to portal_app;

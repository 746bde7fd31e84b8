-- What raised and lowered the debt on cases, from the books: the lines of the account of debtors, by their journals. Staff
-- and jobs of the agency; people of a client for the cases of their own, a debtor for its one case; everybody else nothing. A
-- function, since the books hold the agency's own lines as well and give neither a row.

drop function if exists debt_moves(uuid[]);
create function debt_moves(p_cases uuid[])
    returns table (journal_id uuid, case_id uuid, component text, source text, kind text, reverses uuid, correction uuid,
                   plan_period text, effective_on date, posted_at timestamptz, amount_minor bigint)
    language plpgsql stable security definer
    set search_path = public, pg_temp as
$$
declare
    agency uuid := app_agency();
    client uuid := case app_scope() when 'client' then app_client() end;
    own_case uuid := case app_scope() when 'debtor' then app_case() end;
begin
    if agency is null or coalesce(app_scope(), '') not in ('staff', 'client', 'debtor', 'job')
       or (app_scope() = 'client' and client is null) or (app_scope() = 'debtor' and own_case is null) then
        return;
    end if;
    return query
    select j.id, l.case_id, l.component, j.source, j.kind, j.reverses,
           case when j.source = 'correction' then j.external_id::uuid end,
           case when j.source = 'plan' then j.external_id end, j.effective_on, j.posted_at,
           sum(l.amount_minor)::bigint
    from cases c
    join journal_lines l on l.agency_id = agency and l.case_id = c.id and l.account = 9000
    join journals j on j.agency_id = agency and j.id = l.journal_id
    where c.agency_id = agency and c.id = any(p_cases) and (client is null or c.client_id = client)
          and (own_case is null or c.id = own_case)
    group by j.id, l.case_id, l.component, j.source, j.kind, j.reverses, j.external_id, j.effective_on, j.posted_at
    order by j.effective_on, j.id, l.component;
end
$$;

alter function debt_moves(uuid[]) owner to portal_definer;
revoke all on function debt_moves(uuid[]) from public;
grant execute on function debt_moves(uuid[]) to portal_app;

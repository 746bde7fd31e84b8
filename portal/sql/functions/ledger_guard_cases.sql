-- ledger_guard_cases: no component of a case is negative on the date of a line that lowers it, or on any later one.
-- Called by post_journals when the rows of the cases are locked; a case has so few lines that they are simply added up.

create or replace function ledger_guard_cases(
    p_agency uuid, p_effective_on date[], p_journals integer[], p_accounts smallint[], p_cases uuid[],
    p_components text[], p_amounts bigint[])
    returns void
    language plpgsql volatile
as $$
declare
    v_wrong record;
begin
    with lowered as (
        select debt, part, min(p_effective_on[journal]) as since
        from unnest(p_journals, p_accounts, p_cases, p_components, p_amounts)
             as line (journal, account, debt, part, amount)
        where account = 9000 and amount < 0
        group by debt, part),
    days as (
        select debt, part, since, currency, effective_on,
               sum(sum(amount_minor)) over (partition by debt, part order by effective_on) as balance
        from lowered,
        lateral (select currency, effective_on, amount_minor from journal_lines
                 where agency_id = p_agency and case_id = debt and component = part and account = 9000
                 offset 0) as line
        group by debt, part, since, currency, effective_on)
    select 9000 as account, currency, debt as "case", part as component, effective_on as "on", balance
    into v_wrong
    from days where balance < 0 and effective_on >= since
    order by effective_on limit 1;
    if found then
        raise exception 'case % would owe less than nothing in % on %', v_wrong."case", v_wrong.component, v_wrong."on"
            using errcode = 'PL003', detail = row_to_json(v_wrong);
    end if;
end
$$;
revoke all on function ledger_guard_cases(uuid, date[], integer[], smallint[], uuid[], text[], bigint[]) from public;
grant execute on function ledger_guard_cases(uuid, date[], integer[], smallint[], uuid[], text[], bigint[])
    to portal_definer;

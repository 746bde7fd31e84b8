-- ledger_refuse_cases: says which line names a case that is not the agency's, or one in another currency.

create or replace function ledger_refuse_cases(
    p_agency uuid, p_accounts smallint[], p_currencies text[], p_cases uuid[])
    returns void
    language plpgsql volatile
as $$
declare
    v_wrong record;
begin
    select debt as "case", line.currency, cases.currency as of_case
    into v_wrong
    from unnest(p_accounts, p_currencies, p_cases) as line (account, currency, debt)
    left join cases on agency_id = p_agency and id = debt
    where account = 9000 and cases.currency is distinct from line.currency
    limit 1;
    raise exception 'case % is not this agency''s, or not in %', v_wrong."case", v_wrong.currency
        using errcode = 'PL005', detail = row_to_json(v_wrong);
end
$$;
revoke all on function ledger_refuse_cases(uuid, smallint[], text[], uuid[]) from public;
grant execute on function ledger_refuse_cases(uuid, smallint[], text[], uuid[]) to portal_definer;

-- ledger_guard_mirrors: a journal that reverses another has exactly its lines with the signs turned.

create or replace function ledger_guard_mirrors(p_agency uuid, p_ids uuid[], p_reverses uuid[])
    returns void
    language plpgsql volatile
as $$
declare
    v_wrong uuid;
begin
    with line as (
        select pair.id, book, account, currency, client_id, case_id, component, bank_account_id,
               case when journal_id = pair.id then amount_minor else -amount_minor end as amount,
               case when journal_id = pair.id then 1 else -1 end as side
        from unnest(p_ids, p_reverses) as pair (id, reverses)
        join journal_lines on agency_id = p_agency and journal_id in (pair.id, pair.reverses)
        where pair.reverses is not null)
    select id into v_wrong from line
    group by id, book, account, currency, client_id, case_id, component, bank_account_id, amount
    having sum(side) <> 0
    limit 1;
    if found then
        raise exception 'a reversal must mirror what it reverses' using errcode = 'PL006';
    end if;
end
$$;
revoke all on function ledger_guard_mirrors(uuid, uuid[], uuid[]) from public;
grant execute on function ledger_guard_mirrors(uuid, uuid[], uuid[]) to portal_definer;

-- ledger_guard_trust: no guarded account of the trust book is overdrawn on the date of a line that debits it, or on any
-- later one. Locks each debited account, in the order of keys, then adds up its days since the last checkpoint before.

create or replace function ledger_guard_trust(
    p_agency uuid, p_effective_on date[], p_journals integer[], p_accounts smallint[], p_currencies text[],
    p_clients uuid[], p_amounts bigint[])
    returns void
    language plpgsql volatile
as $$
declare
    v_wrong record;
begin
    perform pg_advisory_xact_lock(key)
    from (select distinct hashtextextended(concat_ws(' ', p_agency, account, currency, client), 1090) as key
          from unnest(p_accounts, p_currencies, p_clients, p_amounts) as line (account, currency, client, amount)
          where account in (2000, 2010, 2020, 2030, 2040) and amount > 0
          order by key) as debited;

    with debited as (
        select account, currency, client, coalesce(client, p_agency) as holder, min(p_effective_on[journal]) as since
        from unnest(p_journals, p_accounts, p_currencies, p_clients, p_amounts)
             as line (journal, account, currency, client, amount)
        where account in (2000, 2010, 2020, 2030, 2040) and amount > 0
        group by account, currency, client),
    based as (
        select debited.*, coalesce(through, '-infinity') as through, coalesce(balance_minor, 0) as balance
        from debited
        left join lateral (
            select through, balance_minor from balance_checkpoints as point
            where point.agency_id = p_agency and point.account = debited.account
              and coalesce(point.client_id, point.agency_id) = holder and point.currency = debited.currency
              and point.through < since
            order by through desc limit 1) as latest on true),
    days as (
        select based.account, based.currency, client, since, effective_on,
               based.balance + sum(sum(amount_minor)) over (
                   partition by based.account, based.currency, client order by effective_on) as balance
        from based,
        lateral (select effective_on, amount_minor from journal_lines as line
                 where line.agency_id = p_agency and line.account = based.account and line.account < 9000
                   and coalesce(line.client_id, line.agency_id) = holder and line.currency = based.currency
                   and line.effective_on > based.through
                 offset 0) as line
        group by based.account, based.currency, client, since, effective_on, based.balance)
    select account, currency, client, effective_on as "on", -balance as balance
    into v_wrong
    from days where balance > 0 and effective_on >= since
    order by effective_on limit 1;
    if found then
        raise exception 'account % % would be overdrawn by % on %',
            v_wrong.account, v_wrong.currency, -v_wrong.balance, v_wrong."on"
            using errcode = 'PL003', detail = row_to_json(v_wrong);
    end if;
end
$$;
revoke all on function ledger_guard_trust(uuid, date[], integer[], smallint[], text[], uuid[], bigint[]) from public;
grant execute on function ledger_guard_trust(uuid, date[], integer[], smallint[], text[], uuid[], bigint[])
    to portal_definer;

-- ledger_forget_checkpoints: a line dated into a checkpoint's past makes that checkpoint and the later ones untrue.

create or replace function ledger_forget_checkpoints(
    p_agency uuid, p_effective_on date[], p_journals integer[], p_accounts smallint[], p_currencies text[],
    p_clients uuid[])
    returns void
    language sql volatile
as $$
    with touched as (
        select account, currency, coalesce(client, p_agency) as holder, min(p_effective_on[journal]) as since
        from unnest(p_journals, p_accounts, p_currencies, p_clients) as line (journal, account, currency, client)
        where account in (2000, 2010, 2020, 2030, 2040)
        group by account, currency, client),
    untrue as materialized (
        select point.id from balance_checkpoints as point
        join touched on point.agency_id = p_agency and point.account = touched.account
             and coalesce(point.client_id, point.agency_id) = holder and point.currency = touched.currency
             and point.through >= since
        order by point.id for update of point)
    delete from balance_checkpoints where id in (select id from untrue)
$$;
revoke all on function ledger_forget_checkpoints(uuid, date[], integer[], smallint[], text[], uuid[]) from public;
grant execute on function ledger_forget_checkpoints(uuid, date[], integer[], smallint[], text[], uuid[])
    to portal_definer;

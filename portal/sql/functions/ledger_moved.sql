-- ledger_moved(on): what each account of the agency has moved by the end of a day (null: at all), debits positive: the days
-- that were summed up (sum_up_ledger), and the lines that came since.

create or replace function ledger_moved(p_on date)
    returns table (account smallint, currency text, bank_account_id uuid, amount_minor bigint)
    language sql stable
    set search_path = public, pg_temp
as $$
    select account, currency, bank_account_id, sum(amount_minor)::bigint
    from (select account, currency, bank_account_id, amount_minor from ledger_days
          where agency_id = app_agency() and day <= coalesce(p_on, 'infinity')
          union all
          select account, currency, bank_account_id, amount_minor from ledger_fresh()
          where effective_on <= coalesce(p_on, 'infinity')) as moved
    group by account, currency, bank_account_id
$$;

revoke all on function ledger_moved(date) from public;
grant execute on function ledger_moved(date) to portal_app;

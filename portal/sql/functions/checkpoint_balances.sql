-- checkpoint_balances(through, lines): remembers the balance of each guarded trust account at the end of a day, so that
-- a debit need not add up the account's whole past. Accounts with fewer than `lines` lines since their last checkpoint
-- are left as they are: adding those up costs nothing. Cases get none for the same reason.
--
-- Holds the agency's ledger alone, for no posting may slip in between. Waits for running postings for a second at most,
-- since new ones queue up behind it; then gives up and returns null, to be tried again. Otherwise gives the number of
-- checkpoints written. A line dated into a checkpoint's past removes it (ledger_forget_checkpoints), so choose `through`
-- some days back.

create or replace function checkpoint_balances(p_through date, p_lines integer default 50)
    returns integer
    language plpgsql volatile security definer
    set search_path = public, pg_temp
    set lock_timeout = '1s'
as $$
declare
    v_agency uuid := app_agency();
    v_written integer;
begin
    if v_agency is null or app_scope() is distinct from 'job' then
        raise exception 'only a job writes checkpoints' using errcode = 'PL007';
    end if;
    begin
        perform pg_advisory_xact_lock(ledger_lock(), hashtext(v_agency::text));
    exception when lock_not_available then
        return null;
    end;
    with latest as (
        select distinct on (account, client_id, currency) account, client_id, currency, through, balance_minor
        from balance_checkpoints
        where agency_id = v_agency and through <= p_through
        order by account, client_id, currency, through desc)
    insert into balance_checkpoints (agency_id, book, account, currency, client_id, through, balance_minor)
    select v_agency, 'trust', line.account, line.currency, line.client_id, p_through,
           coalesce(latest.balance_minor, 0) + sum(line.amount_minor)
    from journal_lines as line
    left join latest on latest.account = line.account and latest.client_id is not distinct from line.client_id
         and latest.currency = line.currency
    where line.agency_id = v_agency and line.account in (2000, 2010, 2020, 2030, 2040)
      and line.effective_on <= p_through and line.effective_on > coalesce(latest.through, '-infinity')
    group by line.account, line.currency, line.client_id, latest.balance_minor
    having count(*) >= p_lines;
    get diagnostics v_written = row_count;
    return v_written;
end
$$;

alter function checkpoint_balances(date, integer) owner to portal_definer;
revoke all on function checkpoint_balances(date, integer) from public;
grant execute on function checkpoint_balances(date, integer) to portal_app;

-- sum_up_ledger(settled): adds up what each account moved on each day, over the journals posted since the last time, and
-- moves the agency's mark (ledger_marks) to the last of them. Gives the mark before and after; the journals between them
-- are those that were summed up now. Nothing is ever taken back: a journal dated into the past is added to its day.
--
-- Holds the agency's ledger alone, so that every journal with an id up to the mark is committed and none follows. Waits
-- for running postings for a second at most, since new ones queue up behind it; then raises lock_not_available, to be tried
-- again. The youngest journals (`settled`) are left for the next time: ids tell the time, and a clock may be set back.

create or replace function sum_up_ledger(
    p_settled interval default interval '10 minutes', out before_id uuid, out through_id uuid)
    language plpgsql volatile security definer
    set search_path = public, pg_temp
    set lock_timeout = '1s'
as $$
declare
    v_agency uuid := app_agency();
begin
    if v_agency is null or app_scope() is distinct from 'job' then
        raise exception 'only a job sums up the ledger' using errcode = 'PL007';
    end if;
    perform pg_advisory_xact_lock(ledger_lock(), hashtext(v_agency::text));
    before_id := coalesce((select journal_id from ledger_marks where agency_id = v_agency),
                          '00000000-0000-0000-0000-000000000000');
    through_id := coalesce(
        (select id from journals where agency_id = v_agency and id > before_id and id < uuidv7(-p_settled)
         order by id desc limit 1),
        before_id);
    if through_id = before_id then
        return;
    end if;
    insert into ledger_days (agency_id, day, account, currency, bank_account_id, amount_minor)
    select v_agency, effective_on, account, currency, bank_account_id, sum(amount_minor)
    from journal_lines
    where agency_id = v_agency and journal_id > before_id and journal_id <= through_id
    group by effective_on, account, currency, bank_account_id
    on conflict (agency_id, account, currency, day, coalesce(bank_account_id, agency_id)) do update
    set amount_minor = ledger_days.amount_minor + excluded.amount_minor;
    insert into ledger_marks (agency_id, journal_id) values (v_agency, through_id)
    on conflict (agency_id) do update set journal_id = excluded.journal_id;
end
$$;

alter function sum_up_ledger(interval) owner to portal_definer;
revoke all on function sum_up_ledger(interval) from public;
grant execute on function sum_up_ledger(interval) to portal_app;

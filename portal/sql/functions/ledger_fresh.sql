-- ledger_fresh(): the lines of the agency's journals that are not summed up yet (sum_up_ledger), as the caller may see them.
--
-- Planned each time for the mark that it finds: the planner, not knowing that it is near the end, would else read the
-- whole ledger.

create or replace function ledger_fresh()
    returns setof journal_lines
    language plpgsql stable
    set search_path = public, pg_temp
    set plan_cache_mode = force_custom_plan
as $$
declare
    v_agency uuid := app_agency();
    v_mark uuid := coalesce((select journal_id from ledger_marks where agency_id = v_agency),
                            '00000000-0000-0000-0000-000000000000');
begin
    return query select * from journal_lines where agency_id = v_agency and journal_id > v_mark;
end
$$;

revoke all on function ledger_fresh() from public;
grant execute on function ledger_fresh() to portal_app;

-- ledger_fresh(): the lines of the agency's journals that are not summed up yet (sum_up_ledger), as the caller may see them.
--
-- The planner does not know that the mark is near the end, and would else read the whole ledger.

create or replace function ledger_fresh()
    returns setof journal_lines
    language sql stable
    set search_path = public, pg_temp
    set enable_seqscan = off
as $$
    select line.* from journal_lines as line
    where agency_id = app_agency()
      and journal_id > coalesce((select mark.journal_id from ledger_marks as mark where mark.agency_id = app_agency()),
                                '00000000-0000-0000-0000-000000000000')
$$;

revoke all on function ledger_fresh() from public;
grant execute on function ledger_fresh() to portal_app;

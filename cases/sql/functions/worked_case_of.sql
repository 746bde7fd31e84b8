-- The number of a case of a placement that somebody has worked, or null: staff and jobs of the whole agency, people of a
-- client for their own placements, everybody else null. A function, since notes that the client does not see are work
-- all the same. What the client adds itself (papers, answers, where to send them) is no work, even where a case that
-- waited for it is then taken into work by the portal; and neither is a look at a case that left no trace.

create or replace function worked_case_of(p_placement uuid, p_now timestamptz) returns text
    language plpgsql stable security definer
    set search_path = public, pg_temp
as $$
declare
    agency uuid := app_agency();
    client uuid := case app_scope() when 'client' then app_client() end;
begin
    if agency is null or coalesce(app_scope(), '') not in ('staff', 'client', 'job')
       or (app_scope() = 'client' and client is null) then
        return null;
    end if;
    return (
        select c.number from cases c
        where c.agency_id = agency and c.placement_id = p_placement and (client is null or c.client_id = client)
          and ((c.status, c.next_action_reason) not in (('active', 'placed'), ('needs_info', 'acceptance'))
               or c.on_hold_until is not null
               or c.recall_asked_on is not null
               or c.claimed_until > p_now
               or c.principal_minor + c.interest_minor + c.costs_minor <> c.placed_minor
               or exists (select from case_events e
                          where e.agency_id = agency and e.case_id = c.id
                            and e.topic not in ('client', 'documents') and e.kind not in ('case.claimed', 'case.active'))
               or (select count(distinct l.journal_id) from journal_lines l
                   where l.agency_id = agency and l.case_id = c.id) > 1)
        order by c.id limit 1);
end
$$;

alter function worked_case_of(uuid, timestamptz) owner to portal_definer;
revoke all on function worked_case_of(uuid, timestamptz) from public;
grant execute on function worked_case_of(uuid, timestamptz) to portal_app;

-- The version of the acceptance rules that holds for a client: its own, else the agency's default; no row where neither
-- asks for anything. Staff and jobs of the whole agency; people of a client for their own client. A function, since the
-- default belongs to no client: what holds for others is not for a client to read.

create or replace function acceptance_rules_of(p_client uuid) returns setof acceptance_rules
    language sql stable security definer
    set search_path = public, pg_temp
as $$
    select chosen.* from (
        (select r.* from acceptance_rules r
         where r.agency_id = app_agency() and r.client_id = p_client order by r.version desc limit 1)
        union all
        (select r.* from acceptance_rules r
         where r.agency_id = app_agency() and r.client_id is null order by r.version desc limit 1)) as chosen
    where chosen.content is not null
      and (app_scope() in ('staff', 'job') or (app_scope() = 'client' and p_client = app_client()))
    order by chosen.client_id nulls last limit 1
$$;

alter function acceptance_rules_of(uuid) owner to portal_definer;
revoke all on function acceptance_rules_of(uuid) from public;
grant execute on function acceptance_rules_of(uuid) to portal_app;

-- Lets the planner look at a table that a placement has just filled, in the placement's own transaction.
--
-- Foreign keys are checked row by row with a plan that a session keeps. Made while a table was small or not yet sampled,
-- it may walk through all rows of an agency or client for each check, as good as any index then and hopeless a hundred
-- thousand rows later. Sampling makes every session plan anew. Who cannot have the lock at once goes without. Sampled are
-- only the columns by which a placement finds rows again: all those of a case would take seconds.

create or replace function sample_for_placing(p_table text) returns void
    language plpgsql security definer set search_path = public, pg_temp as
$$
declare
    columns text := case p_table
        when 'debtors' then 'agency_id, id, match_name, country, postal_code, match_beside'
        when 'debtor_people' then 'agency_id, id'
        when 'cases' then 'agency_id, client_id, id'
        when 'journals' then 'agency_id, id' end;
begin
    if coalesce(app_scope(), '') <> 'job' or columns is null then
        raise exception 'this is sampled by nobody but jobs' using errcode = 'insufficient_privilege';
    end if;
    execute format('analyze (skip_locked) %I (%s)', p_table, columns);
end
$$;

alter function sample_for_placing(text) owner to portal_definer;
revoke all on function sample_for_placing(text) from public;
grant execute on function sample_for_placing(text) to portal_app;

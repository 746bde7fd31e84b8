-- statement_lines_stay: the lines of an approved statement are as final as the statement itself. Once for each command,
-- not for each row: a run writes a hundred thousand lines at a time.

create or replace function statement_lines_stay() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if exists (select from (select distinct agency_id, statement_id from touched) as line
               join statements on statements.agency_id = line.agency_id and statements.id = line.statement_id
               where statements.status <> 'draft') then
        raise exception 'the lines of an approved statement do not change' using errcode = 'PB001';
    end if;
    return null;
end
$$;
alter function statement_lines_stay() owner to portal_definer;
revoke all on function statement_lines_stay() from public;

-- Takes a block of an agency's case numbers and gives its first. Called in a short transaction of its own, since the
-- agency's row stays locked until it ends; numbers rise and are never used again, gaps are allowed.

create or replace function take_case_numbers(p_count integer) returns integer
    language plpgsql security definer set search_path = public, pg_temp as
$$
declare
    v_first integer;
begin
    if coalesce(app_scope(), '') not in ('staff', 'job') or p_count < 1 then
        raise exception 'this scope takes no case numbers' using errcode = 'insufficient_privilege';
    end if;
    update agencies set next_case_number = next_case_number + p_count
    where id = app_agency()
    returning next_case_number - p_count into v_first;
    return v_first;
end
$$;

alter function take_case_numbers(integer) owner to portal_definer;
revoke all on function take_case_numbers(integer) from public;
grant execute on function take_case_numbers(integer) to portal_app;

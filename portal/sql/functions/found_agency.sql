-- A new agency. For the operator's commands: a tenant's transaction may not.

create or replace function found_agency(
    p_slug text, p_name text, p_language text, p_time_zone text, p_base_currency text, p_is_sample boolean,
    p_now timestamptz)
    returns uuid
    language plpgsql security definer set search_path = public, pg_temp as
$$
declare
    founded uuid := uuidv7();
begin
    if app_scope() is distinct from 'operator' then
        raise insufficient_privilege using message = 'only the operator adds an agency';
    end if;
    insert into agencies (id, agency_id, slug, name, language, time_zone, base_currency, is_sample, created_at)
    values (founded, founded, p_slug, p_name, p_language, p_time_zone, p_base_currency, p_is_sample, p_now);
    return founded;
end
$$;

alter function found_agency(text, text, text, text, text, boolean, timestamptz) owner to portal_definer;
revoke all on function found_agency(text, text, text, text, text, boolean, timestamptz) from public;
grant execute on function found_agency(text, text, text, text, text, boolean, timestamptz) to portal_app;

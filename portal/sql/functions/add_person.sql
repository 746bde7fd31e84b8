-- The user with an e-mail, added if there is none; one that exists is left as it is. For the operator's commands and
-- the sample data, which act as a job of the agency.

create or replace function add_person(
    p_email text, p_name text, p_password_hash text, p_language text, p_time_zone text, p_now timestamptz)
    returns uuid
    language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if app_scope() is distinct from 'job' then
        raise insufficient_privilege using message = 'people are invited, or added by the operator';
    end if;
    insert into users (id, email, name, password_hash, language, time_zone, created_at)
    values (uuidv7(), p_email, p_name, p_password_hash, p_language, p_time_zone, p_now)
    on conflict (email) do nothing;
    return (select id from users where email = p_email);
end
$$;

alter function add_person(text, text, text, text, text, timestamptz) owner to portal_definer;
revoke all on function add_person(text, text, text, text, text, timestamptz) from public;
grant execute on function add_person(text, text, text, text, text, timestamptz) to portal_app;

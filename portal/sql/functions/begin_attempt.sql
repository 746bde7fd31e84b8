-- Count an attempt before it is judged; null when too many have failed within the window. It counts as failed until
-- attempt_succeeded says otherwise, so that attempts made at the same moment cannot slip past the limit together; the
-- locks make them wait for each other. Failures of an account count since its last success, those of an address always.

create or replace function begin_attempt(
    p_purpose text, p_account bytea, p_address text, p_now timestamptz, p_window interval,
    p_per_account integer, p_per_address integer)
    returns uuid
    language plpgsql security definer set search_path = public, pg_temp as
$$
declare
    attempt uuid;
    last_success timestamptz;
begin
    perform pg_advisory_xact_lock(hashtextextended('attempt ' || p_purpose || encode(p_account, 'hex'), 0));
    perform pg_advisory_xact_lock(hashtextextended('attempt from ' || p_purpose || p_address, 0));
    select max(at) into last_success from login_attempts
    where account = p_account and purpose = p_purpose and succeeded and at > p_now - p_window;
    if (select count(*) from login_attempts
        where account = p_account and purpose = p_purpose and not succeeded
          and at > coalesce(last_success, p_now - p_window)) >= p_per_account
       or (select count(*) from login_attempts
           where address = p_address and purpose = p_purpose and not succeeded and at > p_now - p_window) >= p_per_address
    then
        return null;
    end if;
    insert into login_attempts (id, purpose, account, address, succeeded, at)
    values (uuidv7(), p_purpose, p_account, p_address, false, p_now) returning id into attempt;
    return attempt;
end
$$;

alter function begin_attempt(text, bytea, text, timestamptz, interval, integer, integer) owner to portal_definer;
revoke all on function begin_attempt(text, bytea, text, timestamptz, interval, integer, integer) from public;
grant execute on function begin_attempt(text, bytea, text, timestamptz, interval, integer, integer) to portal_app;

-- The agencies that have an account at the payment processor, for the job that looks for events that never came.

create or replace function agencies_with_processor() returns setof uuid
    language sql stable security definer set search_path = public, pg_temp as
$$
    select agency_id from processor_accounts
    where mode = 'connected' and account_id <> '' or mode = 'own' and secret_key <> ''
$$;

alter function agencies_with_processor() owner to portal_definer;
revoke all on function agencies_with_processor() from public;
grant execute on function agencies_with_processor() to portal_app;

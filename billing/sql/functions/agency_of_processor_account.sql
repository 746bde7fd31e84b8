-- Which agency a connected account of the payment processor is, before anybody is known: an event names the account.

create or replace function agency_of_processor_account(p_account text) returns uuid
    language sql stable security definer set search_path = public, pg_temp as
$$
    select agency_id from processor_accounts where mode = 'connected' and account_id = p_account and p_account <> ''
$$;

alter function agency_of_processor_account(text) owner to portal_definer;
revoke all on function agency_of_processor_account(text) from public;
grant execute on function agency_of_processor_account(text) to portal_app;

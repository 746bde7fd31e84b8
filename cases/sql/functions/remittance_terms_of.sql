-- remittance_terms_of: how a client is paid by what holds on a day: the latest version that is not withdrawn.

create or replace function remittance_terms_of(agency uuid, client uuid, on_day date) returns setof remittance_terms
    language sql stable parallel safe as
$$
select * from remittance_terms
where agency_id = agency and client_id = client and withdrawn_at is null and effective_from <= on_day
order by effective_from desc limit 1
$$;

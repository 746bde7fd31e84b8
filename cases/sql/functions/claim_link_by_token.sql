-- What a private link must be proved with, before anyone is known. No row for a token that is unknown, expired or revoked,
-- or for which too much was guessed. Changes nothing.

create or replace function claim_link_by_token(p_token_hash bytea, p_now timestamptz, p_most_wrong integer)
    returns table (link_id uuid, agency_id uuid, "references" text[], postal_codes text[])
    language sql stable security definer set search_path = public, pg_temp as
$$
    select l.id, l.agency_id, array[c.number, c.reference], array[c.debtor_postal_code, d.postal_code]
    from claim_links l
    join cases c on c.agency_id = l.agency_id and c.id = l.case_id
    join debtors d on d.agency_id = c.agency_id and d.id = c.debtor_id
    where l.token_hash = p_token_hash and l.revoked_at is null and l.expires_at > p_now and l.wrong_proofs < p_most_wrong
$$;

alter function claim_link_by_token(bytea, timestamptz, integer) owner to portal_definer;
revoke all on function claim_link_by_token(bytea, timestamptz, integer) from public;
grant execute on function claim_link_by_token(bytea, timestamptz, integer) to portal_app;

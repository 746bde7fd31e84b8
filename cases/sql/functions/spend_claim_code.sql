-- Use up a code that was mailed for a private link; whether it fits and has not been used. Whether the link itself holds,
-- `claim_link_by_token` says.

create or replace function spend_claim_code(p_token_hash bytea, p_code_hash bytea, p_now timestamptz) returns boolean
    language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    update claim_codes c set used_at = p_now
    from claim_links l
    where l.token_hash = p_token_hash and c.agency_id = l.agency_id and c.link_id = l.id
      and c.code_hash = sha256(p_token_hash || p_code_hash) and c.used_at is null and c.expires_at > p_now;
    return found;
end
$$;

alter function spend_claim_code(bytea, bytea, timestamptz) owner to portal_definer;
revoke all on function spend_claim_code(bytea, bytea, timestamptz) from public;
grant execute on function spend_claim_code(bytea, bytea, timestamptz) to portal_app;

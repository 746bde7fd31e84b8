-- Count that a private link was proved wrongly, whether there is such a link or not.

create or replace function claim_proof_failed(p_token_hash bytea) returns void
    language sql security definer set search_path = public, pg_temp as
$$
    update claim_links set wrong_proofs = wrong_proofs + 1 where token_hash = p_token_hash
$$;

alter function claim_proof_failed(bytea) owner to portal_definer;
revoke all on function claim_proof_failed(bytea) from public;
grant execute on function claim_proof_failed(bytea) to portal_app;

-- The hash of a seal: SHA-256 over agency, sequence, time, the hash of the seal before, and kind, subject and digest of
-- each thing it covers, in their order. portal/audit/prove.py computes the same by itself.

create or replace function seal_hash(
    p_agency uuid, p_sequence bigint, p_sealed_at timestamptz, p_previous bytea,
    p_kinds text[], p_subjects uuid[], p_digests bytea[]) returns bytea
    language sql immutable parallel safe set search_path = public, pg_temp as
$$
    select sha256(
        uuid_send(p_agency) || int8send(p_sequence)
        || convert_to(to_char(p_sealed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), 'UTF8') || p_previous
        || string_agg(convert_to(rpad(kind, 8), 'UTF8') || uuid_send(subject) || digest, ''::bytea order by place))
    from unnest(p_kinds, p_subjects, p_digests) with ordinality as covered (kind, subject, digest, place)
$$;

revoke all on function seal_hash(uuid, bigint, timestamptz, bytea, text[], uuid[], bytea[]) from public;
grant execute on function seal_hash(uuid, bigint, timestamptz, bytea, text[], uuid[], bytea[])
    to portal_app, portal_definer;

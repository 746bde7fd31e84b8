-- Append one seal to the chain of the transaction's agency, over what has committed and waits in the inbox, the oldest
-- first and at most p_most. Gives how many things it covers: 0 when nothing waits, null when another sealer is at it.
-- The only way a seal is written. What has vanished from under its place in the inbox is sealed with an empty digest,
-- and the proof will say so.

create or replace function seal_trail(p_now timestamptz, p_most integer default 500) returns integer
    language plpgsql security definer set search_path = public, pg_temp as
$$
declare
    v_agency uuid := app_agency();
    v_taken uuid[];
    v_kinds text[];
    v_subjects uuid[];
    v_digests bytea[];
    v_sequence bigint;
    v_previous bytea;
begin
    if app_scope() is distinct from 'job' or v_agency is null then
        raise exception 'the trail is sealed by a job of one agency' using errcode = 'insufficient_privilege';
    end if;
    if not pg_try_advisory_xact_lock(hashtextextended('audit seal ' || v_agency, 0)) then
        return null;
    end if;
    select array_agg(id order by id), array_agg(kind order by id), array_agg(subject_id order by id),
           array_agg(coalesce(sealed_digest(kind, subject_id), ''::bytea) order by id)
    into v_taken, v_kinds, v_subjects, v_digests
    from (select id, kind, subject_id from audit_unsealed where agency_id = v_agency order by id limit p_most) waiting;
    if v_taken is null then
        return 0;
    end if;
    select s.sequence, s.hash into v_sequence, v_previous
    from audit_seals s where s.agency_id = v_agency order by s.sequence desc limit 1;
    v_sequence := coalesce(v_sequence, 0) + 1;
    v_previous := coalesce(v_previous, decode(repeat('00', 32), 'hex'));
    insert into audit_seals (agency_id, sequence, sealed_at, kinds, subject_ids, digests, previous_hash, hash)
    values (v_agency, v_sequence, p_now, v_kinds, v_subjects, v_digests, v_previous,
            seal_hash(v_agency, v_sequence, p_now, v_previous, v_kinds, v_subjects, v_digests));
    delete from audit_unsealed where agency_id = v_agency and id = any (v_taken);
    return cardinality(v_taken);
end
$$;

alter function seal_trail(timestamptz, integer) owner to portal_definer;
revoke all on function seal_trail(timestamptz, integer) from public;
grant execute on function seal_trail(timestamptz, integer) to portal_app;

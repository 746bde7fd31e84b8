-- run_moves: the lifecycle of a remittance run, held by the database. Who prepared it and what it covers is settled once
-- it is reviewed; who approved it is settled with the approval; closed and cancelled are ends. What a job is asked to do to it
-- (act) may be said of it while it is open, and is over with the approval. Between approval and payment its transfers leave one by
-- one: what is kept of that with the run is when ours did (drawn_on), once.

create or replace function run_moves() returns trigger
    language plpgsql set search_path = public, pg_temp as
$$
declare
    moves constant jsonb := '{"draft": ["draft", "reviewed", "cancelled"], "reviewed": ["draft", "reviewed", "approved", "cancelled"],
                              "approved": ["approved", "paid"], "paid": ["closed"]}';
    settled constant text[] := array['status', 'approved_by', 'approved_by_name', 'approved_at', 'reviewed_at', 'paid_on',
                                     'paid_reference', 'paid_by', 'paid_by_name', 'closed_at', 'act', 'act_by', 'act_by_name',
                                     'act_at', 'act_refused', 'interest_minor', 'drawn_on'];
begin
    if not coalesce(moves -> old.status, '[]') ? new.status then
        raise exception 'a run that is % does not become %', old.status, new.status using errcode = 'PB002';
    end if;
    if old.status <> 'draft' and to_jsonb(new) - settled <> to_jsonb(old) - settled then
        raise exception 'a run that is % keeps what it is about', old.status using errcode = 'PB002';
    end if;
    if old.approved_by is not null and (new.approved_by, new.approved_at, new.interest_minor)
            is distinct from (old.approved_by, old.approved_at, old.interest_minor)
        or new.status = 'approved' and new.approved_by is null then
        raise exception 'the approval of a run is somebody''s, once' using errcode = 'PB002';
    end if;
    if old.drawn_on is not null and new.drawn_on is distinct from old.drawn_on then
        raise exception 'what a run draws leaves once' using errcode = 'PB002';
    end if;
    return new;
end
$$;

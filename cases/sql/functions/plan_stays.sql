-- plan_stays: what is offered says what it says. From then on only its life goes on; what it agrees never changes, and
-- what ended stays ended, but for a fulfilled one whose money went back.

create or replace function plan_stays() returns trigger
    language plpgsql set search_path = public, pg_temp as
$$
declare
    life constant text[] := array['status', 'approved_at', 'accepted_at', 'accepted_by_name', 'accepted_how',
        'signed_document_id', 'guarantee_document_id', 'document_id', 'document_sha256', 'starts_on', 'ended_at', 'ended_because',
        'write_off_journal_id', 'paid_minor', 'arrears_minor', 'next_due_on', 'next_due_minor', 'breaks_on', 'changed_at'];
begin
    if old.status = 'draft' then
        return new;
    end if;
    if to_jsonb(new) - life <> to_jsonb(old) - life or new.status = 'draft'
        or (old.status in ('broken', 'cancelled', 'superseded') and new.status <> old.status) then
        raise exception 'plan % is %: what was agreed does not change', old.id, old.status using errcode = 'PC001';
    end if;
    return new;
end
$$;

-- statement_stays: from its approval on a statement says what it says. What still may happen to it is that it is closed,
-- once, with the day and the account it was paid to; and nothing at all after that.

create or replace function statement_stays() returns trigger
    language plpgsql set search_path = public, pg_temp as
$$
declare
    settled constant text[] := array['status', 'paid_on', 'paid_detail_id', 'closed_at', 'closed_by_name'];
begin
    if old.status = 'draft' then
        return case when tg_op = 'DELETE' then old else new end;
    end if;
    if tg_op = 'UPDATE' and old.status = 'approved' and new.status in ('approved', 'closed')
        and to_jsonb(new) - settled = to_jsonb(old) - settled then
        return new;
    end if;
    raise exception 'statement % is %: it does not change', coalesce(old.number, old.id::text), old.status
        using errcode = 'PB001';
end
$$;

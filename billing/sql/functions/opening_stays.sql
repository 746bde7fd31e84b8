-- opening_stays: approved opening balances say what they say. They may be undone as a whole, once; that, and what was given
-- up, is over.

create or replace function opening_stays() returns trigger
    language plpgsql set search_path = public, pg_temp as
$$
declare
    undoing constant text[] := array['status', 'undone_by_name', 'undone_at', 'undone_journal_id'];
begin
    if tg_op = 'UPDATE' and (old.status in ('draft', 'proposed') or old.status = 'approved' and new.status = 'undone'
                             and to_jsonb(new) - undoing = to_jsonb(old) - undoing) then
        return new;
    end if;
    raise exception 'opening balances that are % do not change', old.status using errcode = 'PB003';
end
$$;
-- opening_parts_stay: what opening balances are made of changes while they are a draft. Afterwards it is only said which
-- statement told of a piece, or which piece of suspense it became, once.

create or replace function opening_parts_stay() returns trigger
    language plpgsql set search_path = public, pg_temp as
$$
declare
    told constant text[] := array['statement_id', 'suspense_id'];
    part record := case when tg_op = 'DELETE' then old else new end;
begin
    if tg_op = 'UPDATE' and tg_table_name = 'opening_items' then
        if to_jsonb(new) - told = to_jsonb(old) - told and old.statement_id is null and old.suspense_id is null then
            return new;
        end if;
    elsif (select status from openings where agency_id = part.agency_id and id = part.opening_id) = 'draft' then
        return part;
    end if;
    raise exception 'what opening balances are made of does not change' using errcode = 'PB003';
end
$$;

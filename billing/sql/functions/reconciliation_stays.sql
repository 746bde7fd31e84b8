-- reconciliation_stays: what two people have signed is never changed or taken away, and what is signed keeps its figures.

create or replace function reconciliation_stays() returns trigger
    language plpgsql
as $$
begin
    if old.second_at is not null then
        raise exception 'reconciliation % is signed by two and stays as it is', old.id
            using errcode = 'integrity_constraint_violation';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end
$$;

-- A key that keeps equal jobs from queuing up holds until the job begins: one that runs may have read what changed since.

create or replace function queue.forget_dedupe_key() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp as
$$
begin
    new.dedupe_key := null;
    return new;
end
$$;

drop trigger if exists forget_dedupe_key on queue.pgqueuer;
create trigger forget_dedupe_key before update of status on queue.pgqueuer for each row
    when (new.status = 'picked' and new.dedupe_key is not null) execute function queue.forget_dedupe_key();

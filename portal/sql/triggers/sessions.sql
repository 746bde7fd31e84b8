-- A session that has ended stays ended, whatever a request in flight still writes.

create or replace function stay_ended() returns trigger
    language plpgsql as
$$
begin
    if new.ended_at is distinct from old.ended_at then
        raise exception 'session % has ended', old.id;
    end if;
    return new;
end
$$;

drop trigger if exists stay_ended on sessions;
create trigger stay_ended before update on sessions
    for each row when (old.ended_at is not null) execute function stay_ended();

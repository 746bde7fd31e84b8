-- belongs(table, column, parent): a foreign key that carries the agency, since foreign-key checks ignore row-level
-- security. identified(table): the composite key that such a foreign key points at.

create or replace procedure identified(p_table regclass)
    language plpgsql as
$$
declare
    key name := p_table::text || '_agency_id_id_key';
begin
    if not exists (select from pg_constraint where conrelid = p_table and conname = key) then
        execute format('alter table %s add constraint %I unique (agency_id, id)', p_table, key);
    end if;
end
$$;

-- add_key: a foreign key whose table may hold rows already. PostgreSQL looks them over as the owner, whom forced policies
-- would blind: they step aside for that.
create or replace procedure add_key(p_table regclass, p_parent regclass, p_name name, p_key text)
    language plpgsql as
$$
declare
    forced regclass[] := array(select oid from pg_class where oid in (p_table, p_parent) and relforcerowsecurity);
    bound regclass;
begin
    foreach bound in array forced loop
        execute format('alter table %s no force row level security', bound);
    end loop;
    execute format('alter table %s add constraint %I foreign key %s', p_table, p_name, p_key);
    foreach bound in array forced loop
        execute format('alter table %s force row level security', bound);
    end loop;
end
$$;

create or replace procedure belongs(p_table regclass, p_column name, p_parent regclass)
    language plpgsql as
$$
declare
    key name := p_table::text || '_' || p_column || '_fkey';
begin
    if not exists (select from pg_constraint where conrelid = p_table and conname = key) then
        call add_key(p_table, p_parent, key, format('(agency_id, %I) references %s (agency_id, id)', p_column, p_parent));
        execute format('create index if not exists %I on %s (agency_id, %I)',
                       p_table::text || '_' || p_column || '_idx', p_table, p_column);
    end if;
end
$$;

-- belongs_to_client(table): the row's case and client agree, so that no row can name one client's case as another's.
-- It holds all that a key on the case alone would, and is checked once instead of twice: a row with a case must have a
-- client.

create or replace procedure belongs_to_client(p_table regclass)
    language plpgsql as
$$
declare
    key name := p_table::text || '_case_of_client_fkey';
begin
    if not exists (select from pg_constraint where conrelid = p_table and conname = key) then
        call add_key(p_table, 'cases', key, '(agency_id, client_id, case_id) references cases (agency_id, client_id, id)');
    end if;
    execute format('alter table %s drop constraint if exists %I', p_table, p_table::text || '_case_id_fkey');
end
$$;

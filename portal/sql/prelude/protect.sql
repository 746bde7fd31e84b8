-- protect(table, client, debtor): forced row-level security that fails closed.
--
-- One permissive policy admits the rows of the transaction's agency, and only with a scope. Two restrictive ones narrow
-- people of a client to rows whose `client` column is theirs, and debtor links to rows whose `debtor` column is their
-- case. A null column name means that this scope sees no row of the table. Restrictive policies are ANDed, so that
-- nothing added later can widen what a client sees.
--
-- The scope is compared inside its sub-select: outside it the planner takes the comparison for one that one row in fifty
-- passes, and plans every query for a fiftieth of an agency's rows.

create or replace procedure protect(p_table regclass, p_client name, p_debtor name)
    language plpgsql as
$$
declare
    whole text := 'agency_id = (select app_agency()) and (select app_scope() in (''staff'', ''job'', ''client'', ''debtor''))';
    client_rows text := case when p_client is null then 'false' else format('%I = (select app_client())', p_client) end;
    debtor_rows text := case when p_debtor is null then 'false' else format('%I = (select app_case())', p_debtor) end;
begin
    execute format('alter table %s enable row level security', p_table);
    execute format('alter table %s force row level security', p_table);
    execute format('drop policy if exists agency on %s', p_table);
    execute format('create policy agency on %s using (%s) with check (%s)', p_table, whole, whole);
    execute format('drop policy if exists client on %s', p_table);
    execute format('create policy client on %s as restrictive using ((select app_scope()) <> ''client'' or %s)',
                   p_table, client_rows);
    execute format('drop policy if exists debtor on %s', p_table);
    execute format('create policy debtor on %s as restrictive using ((select app_scope()) <> ''debtor'' or %s)',
                   p_table, debtor_rows);
end
$$;

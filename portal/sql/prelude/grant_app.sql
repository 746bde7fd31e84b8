-- grant_app(table, rights): what the application role may do with a table; everything else is taken away.
-- grant_columns(table, right, except): the same for one right on all columns but some.

create or replace procedure grant_app(p_table regclass, p_rights text)
    language plpgsql as
$$
begin
    execute format('revoke all on %s from portal_app', p_table);
    execute format('grant %s on %s to portal_app', p_rights, p_table);
end
$$;

create or replace procedure grant_columns(p_table regclass, p_right text, p_except name[])
    language plpgsql as
$$
begin
    execute (
        select format('grant %s (%s) on %s to portal_app', p_right, string_agg(quote_ident(attname), ', '), p_table)
        from pg_attribute
        where attrelid = p_table and attnum > 0 and not attisdropped and attname <> all (p_except));
end
$$;

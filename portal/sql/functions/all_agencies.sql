-- The agencies of the installation, for the operator's commands: names, no data of theirs.

create or replace function all_agencies()
    returns table (id uuid, slug text, name text, language text, time_zone text, base_currency text, is_sample boolean)
    language sql stable security definer set search_path = public, pg_temp as
$$
    select a.id, a.slug, a.name, a.language, a.time_zone, a.base_currency, a.is_sample
    from agencies a where app_scope() = 'operator' order by a.slug
$$;

alter function all_agencies() owner to portal_definer;
revoke all on function all_agencies() from public;
grant execute on function all_agencies() to portal_app;

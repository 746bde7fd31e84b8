"""What the database's own catalogue says of the walls between agencies: every gap is a line."""

import asyncpg

# Tables of no agency's, each with why.
OF_NO_AGENCY = {
    "users": "a person may work for several agencies",
    "sessions": "belong to a person",
    "password_resets": "belong to a person",
    "login_attempts": "before anybody is known",
    "rate_counts": "before anybody is known",
    "migration": "of the migrations",
    "declared_guarantees": "of the migrations",
}
KNOWN_TO_ALL = {"exchange_rates"}
"""The same for everybody, and read only: no policy."""
OUT_OF_REACH = {"migration", "declared_guarantees"}
"""The application has no right on these, so that they need no policy."""

# Indexes that do not begin with the agency: looked up before it is known.
ACROSS = {
    "agencies_slug_key",
    "api_keys_key_hash_key",
    "invitations_token_hash_key",
    "memberships_user_id",
    "audit_personal_event_id",
    "claim_links_token_hash_key",
    "claim_visits_token_hash_key",
    "processor_accounts_connected",
}

TABLES = """
select c.oid, c.relname as name, c.relrowsecurity as on, c.relforcerowsecurity as forced,
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'agency_id' and not a.attisdropped)
           as of_agency
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind in ('r', 'p') order by c.relname
"""

WRITES = """
select has_table_privilege('portal_app', $1::oid, 'insert, update, delete')
       or has_any_column_privilege('portal_app', $1::oid, 'insert, update')
"""

POLICIES = """
select p.polrelid as table, p.polname as name, p.polpermissive as permissive, p.polcmd::text as command,
       p.polroles = '{0}' as for_all, pg_get_expr(p.polqual, p.polrelid) as using_,
       pg_get_expr(p.polwithcheck, p.polrelid) as check_
from pg_policy p
"""

WHOLE = "((agency_id = ( SELECT app_agency() AS app_agency)) AND ( SELECT (app_scope() = ANY (ARRAY["
NARROW = {kind: f"(( SELECT app_scope() AS app_scope) <> '{kind}'::text)" for kind in ("client", "debtor")}

INDEXES = """
select t.relname as table, i.relname as name, x.indisunique as unique, x.indisprimary as primary,
       (select a.attname from pg_attribute a where a.attrelid = x.indrelid and a.attnum = x.indkey[0]) as first
from pg_index x
join pg_class i on i.oid = x.indexrelid
join pg_class t on t.oid = x.indrelid
join pg_namespace n on n.oid = t.relnamespace
where n.nspname = 'public' and exists (
    select from pg_attribute a where a.attrelid = t.oid and a.attname = 'agency_id' and not a.attisdropped)
"""

FOREIGN_KEYS = """
select f.conname as name from pg_constraint f
join pg_attribute mine on mine.attrelid = f.conrelid and mine.attname = 'agency_id'
join pg_attribute theirs on theirs.attrelid = f.confrelid and theirs.attname = 'agency_id'
where f.contype = 'f' and not mine.attnum = any (f.conkey)
"""

ROLES = """
select 'portal_app may do what only an owner may' as gap from pg_roles
where rolname = 'portal_app' and (rolsuper or rolbypassrls or rolcreatedb or rolcreaterole or rolreplication)
union all select 'portal_app belongs to ' || g.rolname from pg_auth_members m
join pg_roles r on r.oid = m.member join pg_roles g on g.oid = m.roleid where r.rolname = 'portal_app'
union all select 'somebody may log in as portal_definer' from pg_roles where rolname = 'portal_definer' and rolcanlogin
union all select 'portal_app owns ' || c.relname from pg_class c join pg_roles r on r.oid = c.relowner
where r.rolname = 'portal_app'
union all select 'portal_app owns ' || p.proname from pg_proc p join pg_roles r on r.oid = p.proowner
where r.rolname = 'portal_app'
union all select 'portal_definer owns ' || c.relname from pg_class c join pg_roles r on r.oid = c.relowner
where r.rolname = 'portal_definer'
union all select 'portal_app may create in the schema ' || nspname from pg_namespace
where has_schema_privilege('portal_app', oid, 'create')
union all select 'portal_app may empty ' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind = 'r' and has_table_privilege('portal_app', c.oid, 'truncate, trigger, references')
"""

FUNCTIONS = """
select p.oid::regprocedure::text as name, r.rolname as owner, p.proconfig as config,
       p.proacl is null or exists (select from aclexplode(p.proacl) a where a.grantee = 0) as open
from pg_proc p join pg_roles r on r.oid = p.proowner join pg_namespace n on n.oid = p.pronamespace
where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')
"""

VIEWS = """
select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind in ('v', 'm')
  and not coalesce('security_invoker=true' = any (c.reloptions), false)
"""


async def gaps(connection: asyncpg.Connection) -> list[str]:
    """Everything by which one agency's data could be seen from outside it."""
    found = await _tables(connection)
    found += await _indexes(connection)
    found += [f"{row['name']}: the key does not carry the agency" for row in await connection.fetch(FOREIGN_KEYS)]
    found += [row["gap"] for row in await connection.fetch(ROLES)]
    found += [f"{row['name']}: a view that sees with its owner's eyes" for row in await connection.fetch(VIEWS)]
    for row in await connection.fetch(FUNCTIONS):
        if row["owner"] != "portal_definer":
            found.append(f"{row['name']}: runs as {row['owner']}")
        if "search_path=public, pg_temp" not in (row["config"] or []):
            found.append(f"{row['name']}: its search_path is not fixed")
        if row["open"]:
            found.append(f"{row['name']}: anybody may call it")
    return found


async def _tables(connection: asyncpg.Connection) -> list[str]:
    found = []
    policies = await connection.fetch(POLICIES)
    for table in await connection.fetch(TABLES):
        name, own = table["name"], [row for row in policies if row["table"] == table["oid"]]
        if name in KNOWN_TO_ALL:
            if await connection.fetchval(WRITES, table["oid"]):
                found.append(f"{name}: the application may write it")
            continue
        if not table["of_agency"] and name not in OF_NO_AGENCY:
            found.append(f"{name}: has no agency, and no reason why")
        if name in OUT_OF_REACH:
            if await connection.fetchval("select has_table_privilege('portal_app', $1::oid, 'select')", table["oid"]):
                found.append(f"{name}: the application may read it")
            continue
        if not (table["on"] and table["forced"]):
            found.append(f"{name}: row-level security is not {'forced' if table['on'] else 'on'}")
        if table["of_agency"]:
            found += [f"{name}: {gap}" for gap in _policies(name, own)]
    return found


def _policies(table: str, policies: list[asyncpg.Record]) -> list[str]:
    """One permissive policy for the agency, and restrictive ones for clients and debtors."""
    found = []
    permissive = [row for row in policies if row["permissive"]]
    if [row["name"] for row in permissive] != ["agency"]:
        found.append(f"its permissive policies are {sorted(row['name'] for row in permissive)}")
    for row in permissive:
        written = row["check_"] or row["using_"]
        if not (
            row["command"] == "*" and row["for_all"] and row["using_"].startswith(WHOLE) and written.startswith(WHOLE)
        ):
            found.append(f"its policy {row['name']} admits more than the agency")
    if table == "agencies":
        return found
    for kind, words in NARROW.items():
        narrow = [row for row in policies if row["name"] == kind and not row["permissive"] and row["command"] == "*"]
        if not narrow or not narrow[0]["for_all"]:
            found.append(f"nothing narrows what a {kind} sees")
        elif words not in narrow[0]["using_"] or narrow[0]["using_"] == "true":
            found.append(f"its policy {kind} does not narrow what a {kind} sees")
    return found


async def _indexes(connection: asyncpg.Connection) -> list[str]:
    found, led = [], set()
    for row in await connection.fetch(INDEXES):
        if row["first"] == "agency_id":
            led.add(row["table"])
        elif not row["primary"] and row["name"] not in ACROSS:
            found.append(f"{row['name']}: does not begin with the agency")
    tables = {row["name"] for row in await connection.fetch(TABLES) if row["of_agency"]}
    return found + [f"{name}: no index begins with the agency" for name in sorted(tables - led)]

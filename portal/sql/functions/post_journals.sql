-- post_journals: the application's one way into the ledger. What it takes, gives and refuses stands at ledger_post.

drop function if exists post_journals(text[], text[], text[], date[], uuid[], integer[], text[], smallint[], text[], uuid[],
    uuid[], text[], bigint[], timestamptz, uuid);
create or replace function post_journals(
    p_sources text[], p_external_ids text[], p_kinds text[], p_effective_on date[], p_reverses uuid[],
    p_journals integer[], p_books text[], p_accounts smallint[], p_currencies text[], p_clients uuid[], p_cases uuid[],
    p_components text[], p_amounts bigint[], p_posted_at timestamptz, p_posted_by uuid,
    p_bank_accounts uuid[] default '{}')
    returns uuid[]
    language sql volatile security definer
    set search_path = public, pg_temp
as $$
    select ledger_post(p_sources, p_external_ids, p_kinds, p_effective_on, p_reverses, p_journals, p_books, p_accounts,
                       p_currencies, p_clients, p_cases, p_components, p_amounts, p_posted_at, p_posted_by, false,
                       p_bank_accounts)
$$;

alter function post_journals(text[], text[], text[], date[], uuid[], integer[], text[], smallint[], text[], uuid[], uuid[],
    text[], bigint[], timestamptz, uuid, uuid[]) owner to portal_definer;
revoke all on function post_journals(text[], text[], text[], date[], uuid[], integer[], text[], smallint[], text[], uuid[],
    uuid[], text[], bigint[], timestamptz, uuid, uuid[]) from public;
grant execute on function post_journals(text[], text[], text[], date[], uuid[], integer[], text[], smallint[], text[],
    uuid[], uuid[], text[], bigint[], timestamptz, uuid, uuid[]) to portal_app;

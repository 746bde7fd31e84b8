-- post_claims: a case that comes with what it owes is posted by the statement that brings it.
--
-- One journal a case, known by the case (source 'placement'): its components on the account of debtors, dated the day it
-- was placed, posted when it was written and by whoever handed its placement over. So a balance is never there without
-- its journal, whoever writes the case, and the row of a case is written once: PostgreSQL checks all keys of a row again
-- that is changed in the transaction that wrote it.

create or replace function post_claims() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if exists (select from opened where least(principal_minor, interest_minor, costs_minor) < 0) then
        raise exception 'a case cannot begin by owing less than nothing' using errcode = 'check_violation';
    end if;
    perform ledger_post(
        journal.sources, journal.ids, journal.sources, journal.days, journal.none, line.journals, line.books,
        line.accounts, line.currencies, line.clients, line.cases, line.components, line.amounts,
        journal.created_at, journal.handed_over_by, true, '{}')
    from (
        select opened.placement_id, opened.created_at, handed_over_by, array_agg('placement'::text) as sources,
               array_agg(opened.id::text order by opened.id) as ids, array_agg(placed_on order by opened.id) as days,
               array_agg(null::uuid) as none
        from opened left join placements p on p.agency_id = opened.agency_id and p.id = opened.placement_id
        where principal_minor + interest_minor + costs_minor > 0
        group by opened.placement_id, opened.created_at, handed_over_by) as journal
    cross join lateral (
        select array_agg(place order by place, part, account) as journals, array_agg('memo'::text) as books,
               array_agg(account order by place, part, account) as accounts,
               array_agg(currency order by place, part, account) as currencies,
               array_agg(client_id order by place, part, account) as clients,
               array_agg(case account when 9000 then id end order by place, part, account) as cases,
               array_agg(case account when 9000 then component end order by place, part, account) as components,
               array_agg(case account when 9000 then amount else -amount end order by place, part, account) as amounts
        from (select id, client_id, currency, principal_minor, interest_minor, costs_minor,
                     (row_number() over (order by id))::integer as place
              from opened
              where placement_id is not distinct from journal.placement_id and created_at = journal.created_at
                and principal_minor + interest_minor + costs_minor > 0) as owing
        cross join lateral (values (1, 'principal', principal_minor), (2, 'interest', interest_minor),
                                   (3, 'costs', costs_minor)) as component (part, component, amount)
        cross join unnest('{9000,9100}'::smallint[]) as account
        where amount > 0) as line;
    return null;
end
$$;

alter function post_claims() owner to portal_definer;
revoke all on function post_claims() from public;

-- ledger_post: what post_journals does, and the one statement that writes the ledger.
--
-- Takes journals (source, external id, kind, effective date, what it reverses) and their lines (which journal, counted
-- from 1; book, account, currency, client, case, component, amount: a debit positive, a credit negative; the bank
-- account, for which an empty array will do) as parallel arrays, so that one journal and a placement of a hundred thousand go the same way. Gives the journals' ids in order.
-- ``p_opens`` says that the cases were written by the running statement with what these lines put on them (post_claims),
-- so that their balances stand already; nobody but the ledger's own functions may call this.
--
-- Refuses with the codes below; DETAIL is JSON that names the culprit. Rules of the tables speak through their own
-- constraints: journals_external_id (posted before), journals_reversed_once, journal_lines_chart, journal_lines_holder,
-- journal_lines_amount, journal_lines_currency and the foreign keys.
--   PL001 a journal has no lines or does not balance per book and currency
--   PL002 1090 and 2190, or 2040 and 1220, do not move together
--   PL003 a guarded balance would be negative on some date
--   PL004 the period is closed
--   PL005 a case is not the agency's, or its currency is another
--   PL006 a reversal is not the exact mirror
--   PL007 this scope may not post, or the transaction is not READ COMMITTED
--
-- Who waits for whom. Every posting shares the agency's ledger lock, which a checkpoint and the closing of a period
-- take alone. Lines on a case lock its row, since its balance moves, in the order of ids. A debit of a guarded trust
-- account locks that account, in the order of keys. Nothing else locks: a credit to a client's funds, and every line
-- on a bank account, pass freely. What is checked is read after the lock, by a statement of its own: under READ
-- COMMITTED only that sees what the former holder of the lock committed.

drop function if exists ledger_post(text[], text[], text[], date[], uuid[], integer[], text[], smallint[], text[], uuid[],
    uuid[], text[], bigint[], timestamptz, uuid, boolean);
create or replace function ledger_post(
    p_sources text[], p_external_ids text[], p_kinds text[], p_effective_on date[], p_reverses uuid[],
    p_journals integer[], p_books text[], p_accounts smallint[], p_currencies text[], p_clients uuid[], p_cases uuid[],
    p_components text[], p_amounts bigint[], p_posted_at timestamptz, p_posted_by uuid, p_opens boolean,
    p_bank_accounts uuid[])
    returns uuid[]
    language plpgsql volatile
    set search_path = public, pg_temp
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
as $$
declare
    v_agency uuid := app_agency();
    v_ids uuid[];
    v_before integer[] := '{0}';  -- for each journal, how many lines stand before its first
    v_call record;
    v_lines bigint;  -- how many lines found their case
    v_least bigint;  -- the lowest balance of any component of the cases
begin
    if v_agency is null or coalesce(app_scope(), '') not in ('staff', 'job') then
        raise exception 'this scope may not post' using errcode = 'PL007';
    end if;
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'post under READ COMMITTED: the checks must see what others committed' using errcode = 'PL007';
    end if;
    -- The lock comes before the ids: what begins after somebody held it alone has later ids (sum_up_ledger).
    perform pg_advisory_xact_lock_shared(ledger_lock(), hashtext(v_agency::text));
    if cardinality(p_sources) = 1 then
        v_ids := array[uuidv7()];
    else
        v_ids := array(select uuidv7() from generate_series(1, cardinality(p_sources)));
        v_before := array(select min(place) - 1
                          from unnest(p_journals) with ordinality as line (journal, place)
                          group by journal order by journal);
    end if;

    select (select min(day) from unnest(p_effective_on) as day) as first_day,
           (select max(through) from closed_periods where agency_id = v_agency) as closed,
           (select max(through) from balance_checkpoints where agency_id = v_agency) as checkpoint,
           cardinality(v_before) = cardinality(v_ids)
               and bool_and(trust = 0 and operating = 0 and memo = 0) as balanced,
           bool_and(pair_1090 = 0 and pair_2040 = 0) as paired,
           sum(on_case) as on_case, bool_or(lowers_case) as lowers_case, bool_or(lowers_trust) as lowers_trust
    into v_call
    from (select sum(case when book = 'trust' then amount else 0 end) as trust,
                 sum(case when book = 'operating' then amount else 0 end) as operating,
                 sum(case when book = 'memo' then amount else 0 end) as memo,
                 sum(case when account in (1090, 2190) then amount else 0 end) as pair_1090,
                 sum(case when account in (2040, 1220) then amount else 0 end) as pair_2040,
                 count(*) filter (where account = 9000) as on_case,
                 bool_or(account = 9000 and amount < 0) as lowers_case,
                 bool_or(account in (2000, 2010, 2020, 2030, 2040) and amount > 0) as lowers_trust
          from unnest(p_journals, p_books, p_accounts, p_currencies, p_amounts)
               as line (journal, book, account, currency, amount)
          group by journal, currency) as per_currency;
    if v_call.balanced is not true then
        raise exception 'a journal does not balance' using errcode = 'PL001';
    end if;
    if v_call.paired is not true then
        raise exception '1090 with 2190, and 2040 with 1220, must move together' using errcode = 'PL002';
    end if;
    if v_call.first_day <= v_call.closed then
        raise exception 'the period is closed through %', v_call.closed
            using errcode = 'PL004', detail = json_build_object('through', v_call.closed);
    end if;

    with journal as (
        insert into journals (id, agency_id, source, external_id, kind, effective_on, posted_at, posted_by, reverses)
        select v_ids[place], v_agency, source, external_id, kind, effective_on, p_posted_at, p_posted_by, reverses
        from unnest(p_sources, p_external_ids, p_kinds, p_effective_on, p_reverses)
             with ordinality as given (source, external_id, kind, effective_on, reverses, place)),
    inbox as (
        insert into audit_unsealed (agency_id, kind, subject_id, at)
        select v_agency, 'journal', id, p_posted_at from unnest(v_ids) as id)
    insert into journal_lines (agency_id, journal_id, position, book, account, currency, client_id, case_id, component,
                               amount_minor, effective_on, bank_account_id)
    select v_agency, v_ids[journal], place - v_before[journal], book, account, currency, client, debt, component,
           amount, p_effective_on[journal], bank_account
    from unnest(p_journals, p_books, p_accounts, p_currencies, p_clients, p_cases, p_components, p_amounts,
                p_bank_accounts)
         with ordinality as line (journal, book, account, currency, client, debt, component, amount, bank_account, place);

    -- In the order of ids, so that two calls never hold each other up; and found by id alone, because the planner,
    -- knowing nothing of a new agency, might else look through all of its cases for each.
    if v_call.on_case > 0 and not p_opens then
        with moved as (
            update cases
            set principal_minor = principal_minor + principal, interest_minor = interest_minor + interest,
                costs_minor = costs_minor + costs
            from (select debt, currency, count(*) as lines,
                         sum(case when component = 'principal' then amount else 0 end) as principal,
                         sum(case when component = 'interest' then amount else 0 end) as interest,
                         sum(case when component = 'costs' then amount else 0 end) as costs
                  from unnest(p_accounts, p_currencies, p_cases, p_components, p_amounts)
                       as line (account, currency, debt, component, amount)
                  where account = 9000
                  group by debt, currency
                  order by debt) as line
            where id = debt and (agency_id = v_agency) is true and cases.currency = line.currency
            returning lines, least(principal_minor, interest_minor, costs_minor) as least)
        select sum(lines), min(least) into v_lines, v_least from moved;
        if v_lines is distinct from v_call.on_case then
            perform ledger_refuse_cases(v_agency, p_accounts, p_currencies, p_cases);
        end if;
    end if;

    if v_call.first_day <= v_call.checkpoint then
        perform ledger_forget_checkpoints(v_agency, p_effective_on, p_journals, p_accounts, p_currencies, p_clients);
    end if;
    -- What the case owes in the end is known; only when lines are dated later than one that lowers it, days need a look.
    if v_call.lowers_case and (v_least < 0 or exists (
        select from unnest(p_journals, p_accounts, p_cases, p_components, p_amounts)
             as given (journal, number, debt, part, amount),
        lateral (select from journal_lines
                 where agency_id = v_agency and case_id = debt and component = part
                   and effective_on > p_effective_on[journal] and account = 9000
                 limit 1) as later
        where number = 9000 and amount < 0)) then
        perform ledger_guard_cases(v_agency, p_effective_on, p_journals, p_accounts, p_cases, p_components, p_amounts);
    end if;
    if v_call.lowers_trust then
        perform ledger_guard_trust(v_agency, p_effective_on, p_journals, p_accounts, p_currencies, p_clients, p_amounts);
    end if;
    if cardinality(array_remove(p_reverses, null)) > 0 then
        perform ledger_guard_mirrors(v_agency, v_ids, p_reverses);
    end if;
    return v_ids;
end
$$;

revoke all on function ledger_post(text[], text[], text[], date[], uuid[], integer[], text[], smallint[], text[], uuid[],
    uuid[], text[], bigint[], timestamptz, uuid, boolean, uuid[]) from public;
grant execute on function ledger_post(text[], text[], text[], date[], uuid[], integer[], text[], smallint[], text[],
    uuid[], uuid[], text[], bigint[], timestamptz, uuid, boolean, uuid[]) to portal_definer;

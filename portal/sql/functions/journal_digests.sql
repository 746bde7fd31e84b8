-- journal_digests(ids): the SHA-256 of each journal with its lines, as the audit seal keeps it. A journal that is gone
-- gives no row. Never change the text below: a new form needs a new first word, and the old one for old seals.
--
-- The text, in UTF-8, is rows that end in a line feed, of fields that end in a bar; nothing is written for null:
--   journal-1|id|agency|source|external id|kind|effective date|posted at|posted by|reverses|
--   position|book|account|currency|client|case|component|amount|        (one row a line, by position)
-- A journal that names a bank account begins with journal-2, and has the account's id behind each amount.
-- Dates are 2026-03-01, times 2026-03-01T12:00:00.000000Z in UTC, amounts in minor units with a sign when negative.
-- Source, external id and kind, which may hold anything, are preceded by their length in bytes and a colon.

create or replace function journal_digests(p_ids uuid[]) returns table (id uuid, digest bytea)
    language sql stable
as $$
    select journal.id, sha256(convert_to(
        concat('journal-', form, '|', journal.id, '|', journal.agency_id, '|',
               octet_length(source), ':', source, '|', octet_length(external_id), ':', external_id, '|',
               octet_length(kind), ':', kind, '|', to_char(journal.effective_on, 'YYYY-MM-DD'), '|',
               to_char(posted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '|',
               posted_by, '|', reverses, E'|\n')
        || coalesce((
            select string_agg(concat(position, '|', book, '|', account, '|', currency, '|', client_id, '|', case_id,
                                     '|', component, '|', amount_minor, '|',
                                     case form when 2 then concat(bank_account_id, '|') end, E'\n'),
                              '' order by position)
            from journal_lines as line
            where line.agency_id = journal.agency_id and line.journal_id = journal.id), ''),
        'UTF8'))
    from journals as journal
    cross join lateral (
        select case when exists (select from journal_lines as line
                                 where line.agency_id = journal.agency_id and line.journal_id = journal.id
                                   and line.bank_account_id is not null) then 2 else 1 end as form) as text
    where journal.id = any (p_ids)
$$;

create or replace function journal_digest(p_id uuid) returns bytea
    language sql stable
    return (select digest from journal_digests(array[p_id]));

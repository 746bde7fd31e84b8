-- Prepare a code for the private link that one was asked for; to which address of the debtor it goes. No row when there is
-- no such link, or the agency knows no address. The job that mails the code asks this, so that the page takes as long for
-- strangers. An attempt keeps the same hash of a link's token as the link itself.
-- It goes where the link went; else to whoever speaks for the debtor, and never to a third party.

create or replace function begin_claim_code(
    p_attempt uuid, p_code_hash bytea, p_now timestamptz, p_expires timestamptz, p_most_wrong integer)
    returns table (email text, language text, time_zone text, agency_name text)
    language sql security definer set search_path = public, pg_temp as
$$
    with link as (
        select l.agency_id, l.id, l.token_hash, d.language, a.time_zone, a.name as agency_name,
               coalesce(nullif(l.sent_to, ''), p.value) as email
        from login_attempts t
        join claim_links l on l.token_hash = t.account
        join agencies a on a.id = l.agency_id
        join cases c on c.agency_id = l.agency_id and c.id = l.case_id
        join debtors d on d.agency_id = c.agency_id and d.id = c.debtor_id
        left join lateral (
            select cp.value
            from contact_points cp
            left join debtor_people dp on dp.agency_id = cp.agency_id and dp.id = cp.person_id
            where cp.agency_id = c.agency_id and cp.debtor_id = c.debtor_id and cp.kind = 'email'
              and not coalesce(dp.third_party, false)
              and (d.represented_by = '' or coalesce(dp.representative, false))
            order by coalesce(dp.authorised, false) desc, cp.created_at, cp.id limit 1) p on true
        where t.id = p_attempt and t.purpose = 'claim_code'
          and l.revoked_at is null and l.expires_at > p_now and l.wrong_proofs < p_most_wrong),
    code as (
        insert into claim_codes (id, agency_id, link_id, code_hash, created_at, expires_at)
        select uuidv7(), agency_id, id, sha256(token_hash || p_code_hash), p_now, p_expires
        from link where email is not null)
    select email, language, time_zone, agency_name from link where email is not null
$$;

alter function begin_claim_code(uuid, bytea, timestamptz, timestamptz, integer) owner to portal_definer;
revoke all on function begin_claim_code(uuid, bytea, timestamptz, timestamptz, integer) from public;
grant execute on function begin_claim_code(uuid, bytea, timestamptz, timestamptz, integer) to portal_app;

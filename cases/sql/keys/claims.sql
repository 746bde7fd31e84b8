-- The debtor's page: the links of a case, and what is purged by its age.

create index if not exists claim_links_of_case on claim_links (agency_id, case_id, made_at desc);
create index if not exists claim_codes_by_age on claim_codes (agency_id, expires_at);
create index if not exists claim_visits_by_age on claim_visits (agency_id, expires_at);
create index if not exists claim_visits_of_case on claim_visits (agency_id, case_id);
create index if not exists hardship_statements_of_case on hardship_statements (agency_id, case_id, stated_at desc);
create index if not exists balance_confirmations_of_case on balance_confirmations (agency_id, case_id, confirmed_at desc);
create index if not exists contact_wishes_of_case on contact_wishes (agency_id, case_id, wished_at desc);
create index if not exists documents_from_debtors on documents (agency_id, case_id) where from_debtor;

alter table hardship_statements drop constraint if exists hardship_statements_amounts_check;
alter table hardship_statements add constraint hardship_statements_amounts_check check (
    least(income_minor, housing_minor, fixed_minor, could_pay_minor, dependants) >= 0);

-- The debtor's page: the links of a case, and what is purged by its age.

create index if not exists claim_links_of_case on claim_links (agency_id, case_id, made_at desc);
create index if not exists claim_codes_by_age on claim_codes (agency_id, expires_at);
create index if not exists claim_visits_by_age on claim_visits (agency_id, expires_at);
create index if not exists claim_visits_of_case on claim_visits (agency_id, case_id);

-- The versions of the rules, and what cases lack. The list of what waits is in the order of placing, over all clients or
-- for one; the partial indexes hold only the cases that wait.

create unique index if not exists acceptance_rules_version on acceptance_rules (agency_id, client_id, version)
    nulls not distinct;

create unique index if not exists case_requirements_once on case_requirements (agency_id, case_id, code, kind);
alter table case_requirements drop constraint if exists case_requirements_code_check;
alter table case_requirements add constraint case_requirements_code_check check (code in
    ('below_minimum', 'too_old', 'country_not_accepted', 'document_missing'));
alter table case_requirements drop constraint if exists case_requirements_met_check;
alter table case_requirements add constraint case_requirements_met_check check (
    (met_at is null) = (met_by = '') and met_by in ('', 'document', 'answer', 'waived')
    and (met_by = 'document') = (document_id is not null));

create index if not exists cases_needing_info on cases (agency_id, placed_on, id) where status = 'needs_info';
create index if not exists cases_needing_info_of_client on cases (agency_id, client_id, placed_on, id)
    where status = 'needs_info';

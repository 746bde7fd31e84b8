-- Agreements to pay. A case has one that runs, and one that is offered, at a time; drafts are as many as somebody draws up.

create unique index if not exists plans_version on plans (agency_id, case_id, version);
create unique index if not exists plans_running on plans (agency_id, case_id) where status in ('active', 'grace');
create unique index if not exists plans_offered on plans (agency_id, case_id) where status in ('offered', 'approved');
-- Lists: all, of one client, and what waits or runs; the newest change first.
create index if not exists plans_latest on plans (agency_id, status, changed_at desc, id desc);
create index if not exists plans_latest_of_client on plans (agency_id, client_id, status, changed_at desc, id desc);
create index if not exists plans_lapsing on plans (agency_id, valid_until) where status in ('draft', 'offered', 'approved');
create index if not exists plan_lines_of_case on plan_lines (agency_id, case_id);
create index if not exists plan_decisions_of_case on plan_decisions (agency_id, case_id);
create unique index if not exists plan_lines_position on plan_lines (agency_id, plan_id, position);
create index if not exists plan_lines_due on plan_lines (agency_id, due_on, plan_id);
create index if not exists plan_decisions_of_plan on plan_decisions (agency_id, plan_id, decided_at);
create unique index if not exists authority_ladders_version on authority_ladders (agency_id, client_id, version)
    nulls not distinct;

alter table plans drop constraint if exists plans_status_check;
alter table plans add constraint plans_status_check check (status in
    ('draft', 'offered', 'approved', 'active', 'grace', 'broken', 'completed', 'cancelled', 'superseded'));
alter table plans drop constraint if exists plans_terms_check;
alter table plans add constraint plans_terms_check check (
    least(principal_minor, interest_minor, costs_minor, forgiven_minor, down_minor) >= 0
    and forgiven_minor < principal_minor + interest_minor + costs_minor
    and (instalments is null or amount_minor is null) and yearly_rate between 0 and 1
    and rhythm in ('week', 'fortnight', 'month') and day_off in ('same', 'next', 'previous')
    and rung in ('own', 'supervisor', 'client'));
-- What is agreed was agreed by somebody, from a day on; what ended says why.
alter table plans drop constraint if exists plans_agreed_check;
alter table plans add constraint plans_agreed_check check (
    (accepted_at is null) = (starts_on is null)
    and (status not in ('active', 'grace', 'broken', 'completed') or accepted_at is not null));
alter table plans drop constraint if exists plans_ended_check;
alter table plans add constraint plans_ended_check check (
    (ended_at is not null) = (status in ('broken', 'completed', 'cancelled', 'superseded')));
-- Nobody approves what they offered.
alter table plan_decisions drop constraint if exists plan_decisions_four_eyes;
alter table plan_decisions add constraint plan_decisions_four_eyes check (decided_by is distinct from offered_by);
alter table plan_decisions drop constraint if exists plan_decisions_rung_check;
alter table plan_decisions add constraint plan_decisions_rung_check check (rung in ('supervisor', 'client'));

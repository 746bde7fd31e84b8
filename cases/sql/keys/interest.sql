-- Interest on cases: what is asked for, decided, paused and posted.

create index if not exists client_interest_latest on client_interest (agency_id, client_id, debtor_kind, id desc);
create index if not exists case_judgments_of_case on case_judgments (agency_id, case_id);
create index if not exists case_interest_of_case on case_interest (agency_id, case_id);
create index if not exists interest_freezes_of_case on interest_freezes (agency_id, case_id);
create unique index if not exists interest_postings_number on interest_postings (agency_id, case_id, number);
create unique index if not exists interest_postings_journal on interest_postings (agency_id, journal_id);

-- What is agreed has a rate; a law's is its table's.
alter table client_interest drop constraint if exists client_interest_check;
alter table client_interest add constraint client_interest_check check (
    debtor_kind in ('company', 'person') and component in ('principal', 'costs') and (basis = 'agreed') = (rate is not null) and rate between 0 and 1
    and day_count in (1, 360, 365));
alter table case_interest drop constraint if exists case_interest_check;
alter table case_interest add constraint case_interest_check check (
    component in ('principal', 'costs') and (basis = 'agreed') = (rate is not null) and rate between 0 and 1
    and day_count in (1, 360, 365));
alter table interest_freezes drop constraint if exists interest_freezes_check;
alter table interest_freezes add constraint interest_freezes_check check (through >= since - 1);
-- Nothing is posted twice, and never more than had accrued.
alter table interest_postings drop constraint if exists interest_postings_check;
alter table interest_postings add constraint interest_postings_check check (
    number > 0 and before_minor >= 0 and amount_minor > 0 and before_minor + amount_minor = total_minor);

-- The orders of the case list, for the agency and for one client. Amounts are ordered within their currency. No index
-- holds a balance: each posting moves one, and would have to write every index of the case anew.

alter table cases add column if not exists balance_minor bigint
    generated always as (principal_minor + interest_minor + costs_minor) stored;
create index if not exists cases_by_placed on cases (agency_id, placed_on, id);
create index if not exists cases_by_placed_of_client on cases (agency_id, client_id, placed_on, id);
create index if not exists cases_by_amount on cases (agency_id, currency, placed_minor, id);
create index if not exists cases_by_amount_of_client on cases (agency_id, client_id, currency, placed_minor, id);
-- Room on each page for next versions: a posting moves a balance, and a version that finds no room on its page is written
-- into every index of the case anew.
alter table cases set (fillfactor = 75);
create index if not exists cases_by_age on cases (agency_id, oldest_due_on, id);
create index if not exists cases_by_age_of_client on cases (agency_id, client_id, oldest_due_on, id);
create index if not exists cases_by_number_of_client on cases (agency_id, client_id, number);
create index if not exists cases_situation_of_client on cases (agency_id, client_id, situation, id desc);
-- What waits for the client, and what moved of its cases: its home.
create index if not exists cases_waiting_for_client on cases (agency_id, client_id, last_activity_at)
    where status <> 'closed' and (status = 'needs_info' or next_action in ('get_documents', 'ask_client'));
create index if not exists case_events_moving on case_events (agency_id, client_id, at desc, id desc)
    where client_sees and kind <> 'case.placed';

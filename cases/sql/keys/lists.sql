-- The orders of the case list beside the newest first: for the agency and for one client. Balances are ordered within
-- their currency.

create index if not exists cases_by_balance on cases
    (agency_id, currency, (principal_minor + interest_minor + costs_minor), id);
create index if not exists cases_by_balance_of_client on cases
    (agency_id, client_id, currency, (principal_minor + interest_minor + costs_minor), id);
create index if not exists cases_by_age on cases (agency_id, oldest_due_on, id);
create index if not exists cases_by_age_of_client on cases (agency_id, client_id, oldest_due_on, id);
create index if not exists cases_by_number_of_client on cases (agency_id, client_id, number);
create index if not exists cases_situation_of_client on cases (agency_id, client_id, situation, id desc);
-- What waits for the client, and what moved of its cases: its home.
create index if not exists cases_waiting_for_client on cases (agency_id, client_id, last_activity_at)
    where status <> 'closed' and (status = 'needs_info' or next_action in ('get_documents', 'ask_client'));
create index if not exists case_events_moving on case_events (agency_id, client_id, at desc, id desc)
    where client_sees and kind <> 'case.placed';

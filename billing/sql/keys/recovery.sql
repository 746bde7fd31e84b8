-- The sums of a client's home. No index holds a balance: each posting moves one.

create index if not exists cases_recovery on cases (agency_id, client_id, currency, placed_on)
    include (id, close_code, placed_minor);
create index if not exists payments_recovery on payments (agency_id, client_id, case_id)
    include (currency, received_on, amount_minor, fee_minor);
create index if not exists promises_recovery on promises (agency_id, client_id, status)
    include (case_id, amount_minor, received_minor);

-- What search looks into. The columns of a GIN index are equals: one serves the agency and one of its clients.

create index if not exists cases_search on cases using gin
    (agency_id, client_id, case_words(number, reference, debtor_name) gin_trgm_ops);
create index if not exists debtors_search on debtors using gin (agency_id, (' ' || name_fold(name)) gin_trgm_ops);
-- A reference that a bank line says is looked for as a whole.
create index if not exists cases_by_reference on cases (agency_id, lower(reference));
create index if not exists invoices_search on invoices (agency_id, lower(number) text_pattern_ops);

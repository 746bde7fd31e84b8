-- names_invoice(table): what a row names in `invoice_id` is an invoice of the row's own case.

create or replace procedure names_invoice(p_table regclass)
    language plpgsql as
$$
declare
    key name := p_table::text || '_invoice_of_case_fkey';
begin
    if not exists (select from pg_constraint where conrelid = p_table and conname = key) then
        call add_key(p_table, 'invoices', key, '(agency_id, case_id, invoice_id) references invoices (agency_id, case_id, id)');
    end if;
end
$$;

-- What is settled in the money stays settled, whoever asks.

create or replace trigger statement_stays before update or delete on statements
    for each row execute function statement_stays();
create or replace trigger run_moves before update on remittance_runs
    for each row execute function run_moves();

create or replace trigger lines_stay_on_insert after insert on statement_lines referencing new table as touched
    for each statement execute function statement_lines_stay();
create or replace trigger lines_stay_on_update after update on statement_lines referencing old table as touched
    for each statement execute function statement_lines_stay();
create or replace trigger lines_stay_on_delete after delete on statement_lines referencing old table as touched
    for each statement execute function statement_lines_stay();

create or replace trigger opening_stays before update or delete on openings
    for each row execute function opening_stays();
create or replace trigger opening_banks_stay before insert or update or delete on opening_banks
    for each row execute function opening_parts_stay();
create or replace trigger opening_items_stay before insert or update or delete on opening_items
    for each row execute function opening_parts_stay();

create or replace trigger reconciliation_stays before update or delete on reconciliations
    for each row execute function reconciliation_stays();

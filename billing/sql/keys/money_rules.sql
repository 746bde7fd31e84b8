-- How an agency books and holds money.

call identified('money_rules');
create unique index if not exists money_rules_of_agency on money_rules (agency_id);
alter table money_rules drop constraint if exists money_rules_check;
alter table money_rules add constraint money_rules_check check (
    match_limit between 50 and 100 and hold_bank between 0 and 60 and hold_card between 0 and 60
    and hold_direct_debit between 0 and 60 and hold_cheque between 0 and 60 and hold_cash between 0 and 60);

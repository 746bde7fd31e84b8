-- What of each payment reached which invoice, and which invoice a dispute is of. Who names an invoice names one of the case.

create unique index if not exists invoices_of_case on invoices (agency_id, case_id, id);
call names_invoice('invoice_shares');
call names_invoice('disputes');

create unique index if not exists invoice_shares_of_payment on invoice_shares (agency_id, payment_id, position);
create index if not exists invoice_shares_of_case on invoice_shares (agency_id, case_id);
alter table invoice_shares drop constraint if exists invoice_shares_amount_check;
alter table invoice_shares add constraint invoice_shares_amount_check check (amount_minor <> 0 and position > 0);
-- Of an invoice it is known how much is disputed.
alter table disputes drop constraint if exists disputes_invoice_check;
alter table disputes add constraint disputes_invoice_check check (invoice_id is null or amount_minor is not null);

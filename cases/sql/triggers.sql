-- What is agreed with a debtor stays what was agreed, whoever asks.

create or replace trigger plan_stays before update on plans for each row execute function plan_stays();

-- A case may come with what it owes: then its journal comes with it.
create or replace trigger claims_post after insert on cases referencing new table as opened
    for each statement execute function post_claims();

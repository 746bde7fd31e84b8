-- What is agreed with a debtor stays what was agreed, whoever asks.

create or replace trigger plan_stays before update on plans for each row execute function plan_stays();

-- How statements are mailed: one choice of each person for each client, one mail to each for each statement.

create unique index if not exists statement_by_mail_once on statement_by_mail (agency_id, client_id, user_id);
call belongs('statement_by_mail', 'client_id', 'clients');
create unique index if not exists statement_mails_once on statement_mails (agency_id, statement_id, user_id);
call belongs('statement_mails', 'client_id', 'clients');
call belongs('statement_mails', 'statement_id', 'statements');

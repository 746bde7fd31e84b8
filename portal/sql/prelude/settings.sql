-- Whose data the running transaction may see. Read inside a scalar sub-select, so that a query evaluates each once.
-- After a transaction the settings are '', not null: both mean nobody.

create or replace function app_scope() returns text
    language sql stable parallel safe
    return nullif(current_setting('app.scope', true), '');

create or replace function app_agency() returns uuid
    language sql stable parallel safe
    return nullif(current_setting('app.agency_id', true), '')::uuid;

create or replace function app_client() returns uuid
    language sql stable parallel safe
    return nullif(current_setting('app.client_id', true), '')::uuid;

create or replace function app_case() returns uuid
    language sql stable parallel safe
    return nullif(current_setting('app.case_id', true), '')::uuid;

create or replace function app_user() returns uuid
    language sql stable parallel safe
    return nullif(current_setting('app.user_id', true), '')::uuid;

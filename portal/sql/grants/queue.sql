-- The queue lies outside every agency's walls: no row-level security, and payloads that hold ids only.

grant usage on schema queue to portal_app;
grant select, insert, update, delete on all tables in schema queue to portal_app;
grant usage on all sequences in schema queue to portal_app;
grant usage on type queue.pgqueuer_status to portal_app;

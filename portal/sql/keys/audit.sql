-- The inbox of the sealer, in the order in which it is emptied; and the trail by what was done and by whom.

create index if not exists audit_unsealed_waiting on audit_unsealed (agency_id, id);
create index if not exists audit_events_by_actor on audit_events (agency_id, actor_id, at desc, id desc);
create index if not exists audit_events_by_action on audit_events (agency_id, action, at desc, id desc);
create unique index if not exists audit_seals_by_id on audit_seals (agency_id, id);

-- Composite keys, natural keys, checks and indexes of the debt.

call identified('clients');
call identified('queues');
call identified('placements');
call identified('debtors');
call identified('debtor_people');
call identified('debtor_matches');
call identified('contact_points');
call identified('cases');
call identified('contact_attempts');
call identified('promises');
call identified('documents');
call identified('document_batches');
call identified('batch_files');
call identified('acceptance_rules');
call identified('plans');
call identified('authority_ladders');
call identified('claim_links');

call belongs('clients', 'agency_id', 'agencies');
call belongs('remittance_terms', 'client_id', 'clients');
call belongs('memberships', 'client_id', 'clients');
call belongs('invitations', 'client_id', 'clients');
call belongs('api_keys', 'client_id', 'clients');
call belongs('queues', 'agency_id', 'agencies');
call belongs('placements', 'client_id', 'clients');
call belongs('placement_rows', 'placement_id', 'placements');
call belongs('column_maps', 'client_id', 'clients');
call belongs('debtor_lists', 'placement_id', 'placements');
call belongs('case_drafts', 'client_id', 'clients');
alter table case_drafts drop constraint if exists case_drafts_user_id_fkey;
alter table case_drafts add constraint case_drafts_user_id_fkey foreign key (user_id) references users (id);
create index if not exists case_drafts_own on case_drafts (agency_id, user_id, id desc);
call belongs('debtors', 'agency_id', 'agencies');
-- Few debtors are known to be another: the rest need not stand in the index.
create index if not exists debtors_same_as_idx on debtors (agency_id, same_as) where same_as is not null;
call belongs('debtors', 'same_as', 'debtors');
call belongs('debtor_keys', 'debtor_id', 'debtors');
call belongs('debtor_matches', 'debtor_id', 'debtors');
call belongs('debtor_matches', 'other_id', 'debtors');
call belongs('debtor_decisions', 'match_id', 'debtor_matches');
call belongs('debtor_people', 'debtor_id', 'debtors');
call belongs('contact_points', 'debtor_id', 'debtors');
call belongs('contact_stops', 'debtor_id', 'debtors');
call belongs('contact_stops', 'person_id', 'debtor_people');
call belongs('contact_points', 'person_id', 'debtor_people');
call belongs('cases', 'client_id', 'clients');
call belongs('cases', 'debtor_id', 'debtors');
call belongs('cases', 'placement_id', 'placements');
call belongs('cases', 'next_action_queue_id', 'queues');
call belongs('contact_attempts', 'debtor_id', 'debtors');
call belongs('contact_attempts', 'person_id', 'debtor_people');
call belongs('contact_attempts', 'contact_point_id', 'contact_points');
call belongs('promises', 'contact_attempt_id', 'contact_attempts');
call belongs('document_accesses', 'document_id', 'documents');
call belongs('document_batches', 'client_id', 'clients');
call belongs('document_batches', 'placement_id', 'placements');
call belongs('batch_files', 'batch_id', 'document_batches');
call belongs('batch_files', 'unpacked_from', 'batch_files');
call belongs('acceptance_rules', 'agency_id', 'agencies');
call belongs('acceptance_rules', 'client_id', 'clients');
call belongs('case_requirements', 'rules_id', 'acceptance_rules');
call belongs('case_requirements', 'document_id', 'documents');
call belongs('plans', 'replaces_id', 'plans');
call belongs('plans', 'ladder_id', 'authority_ladders');
call belongs('plans', 'document_id', 'documents');
call belongs('plans', 'signed_document_id', 'documents');
call belongs('plans', 'write_off_journal_id', 'journals');
call belongs('plan_lines', 'plan_id', 'plans');
call belongs('plan_decisions', 'plan_id', 'plans');
call belongs('authority_ladders', 'agency_id', 'agencies');
call belongs('authority_ladders', 'client_id', 'clients');
call belongs('claim_codes', 'link_id', 'claim_links');
call belongs('claim_visits', 'link_id', 'claim_links');
call belongs('balance_confirmations', 'document_id', 'documents');
call belongs('saved_views', 'client_id', 'clients');
call belongs('saved_views', 'agency_id', 'agencies');
alter table saved_views drop constraint if exists saved_views_user_id_fkey;
alter table saved_views add constraint saved_views_user_id_fkey foreign key (user_id) references users (id);
alter table saved_views drop constraint if exists saved_views_page_check;
alter table saved_views add constraint saved_views_page_check check (page in ('queue', 'cases'));
create unique index if not exists saved_views_name on saved_views (agency_id, user_id, client_id, page, name)
    nulls not distinct;
-- A row of a case names the case's own client.
create unique index if not exists cases_of_client on cases (agency_id, client_id, id);
call belongs_to_client('invoices');
call belongs_to_client('case_credits');
call belongs_to_client('invoice_shares');
call belongs_to_client('case_events');
call belongs_to_client('contact_attempts');
call belongs_to_client('promises');
call belongs_to_client('disputes');
call belongs_to_client('documents');
call belongs_to_client('batch_files');
call belongs_to_client('case_requirements');
call belongs_to_client('claim_links');
call belongs_to_client('claim_visits');
call belongs_to_client('hardship_statements');
call belongs_to_client('balance_confirmations');
call belongs_to_client('contact_wishes');

drop index if exists invoices_case_id_idx;  -- the key of an invoice with its case begins with the same (keys/invoices.sql)
create index if not exists case_credits_case_id_idx on case_credits (agency_id, case_id);
create index if not exists contact_attempts_case_id_idx on contact_attempts (agency_id, case_id);
create index if not exists promises_case_id_idx on promises (agency_id, case_id);
create index if not exists disputes_case_id_idx on disputes (agency_id, case_id);
create index if not exists documents_case_id_idx on documents (agency_id, case_id);
drop index if exists case_events_case_id_idx;  -- the timeline's own index begins with the same

-- The lists: keyset order, led by the agency.
create unique index if not exists cases_number on cases (agency_id, number);
create unique index if not exists placements_reference on placements (agency_id, client_id, reference)
    where status not in ('cancelled', 'rolled_back', 'rejected');
create index if not exists placements_newest on placements (agency_id, id desc);
create index if not exists placements_newest_of_client on placements (agency_id, client_id, id desc);
create index if not exists placements_by_content on placements (agency_id, client_id, content_digest)
    where content_digest is not null;
create unique index if not exists placements_acknowledgement on placements (agency_id, acknowledgement_number)
    where acknowledgement_number is not null;
create index if not exists placement_rows_by_state on placement_rows (agency_id, placement_id, state, row_number);
create unique index if not exists column_maps_of_client on column_maps (agency_id, client_id, captions_digest);
create unique index if not exists debtor_lists_of_placement on debtor_lists (agency_id, placement_id);
create unique index if not exists queues_name on queues (agency_id, name);
create unique index if not exists placement_rows_number on placement_rows (agency_id, placement_id, row_number);
-- Who has one name and one postal code is one company, but not one person.
drop index if exists debtors_identity;
create unique index if not exists debtors_known_by
    on debtors (agency_id, match_name, country, postal_code, match_beside);
create index if not exists cases_in_order on cases (agency_id, band, rank, id) where status <> 'closed' and band < 6;
create index if not exists cases_in_order_of_queue on cases (agency_id, next_action_queue_id, band, rank, id)
    where status <> 'closed' and band < 6;
create index if not exists cases_not_due on cases (agency_id, next_action_at) where status <> 'closed' and band = 6;
create index if not exists cases_next_action_user on cases (agency_id, next_action_user_id, next_action_at)
    where status <> 'closed' and next_action_user_id is not null;
create index if not exists cases_claimed on cases (agency_id, claimed_by) where claimed_by is not null;
create index if not exists cases_situation on cases (agency_id, situation, id desc);
create index if not exists case_events_by_case on case_events (agency_id, case_id, at desc, id desc);
create index if not exists case_events_by_client on case_events (agency_id, client_id, at desc, id desc);
create index if not exists contact_attempts_by_debtor on contact_attempts (agency_id, debtor_id, at desc);
create index if not exists promises_to_judge on promises (agency_id, judged_on) where status = 'open';
create index if not exists invoices_by_number on invoices (agency_id, client_id, number);

-- No open case without a next action, with someone or some queue to do it.
alter table cases drop constraint if exists cases_open_has_next_action;
alter table cases add constraint cases_open_has_next_action check (
    status = 'closed'
    or (next_action is not null and next_action_at is not null
        and (next_action_user_id is not null or next_action_queue_id is not null)));
alter table cases drop constraint if exists cases_closed_has_code;
alter table cases add constraint cases_closed_has_code check ((status = 'closed') = (close_code is not null));
alter table cases drop constraint if exists cases_status_check;
alter table cases add constraint cases_status_check check (status in ('received', 'needs_info', 'active', 'closed'));
alter table cases drop constraint if exists cases_stage_check;
alter table cases add constraint cases_stage_check check (stage in ('amicable', 'legal', 'forwarded'));
alter table placements drop constraint if exists placements_status_check;
alter table placements add constraint placements_status_check check (status in
    ('received', 'checking', 'accepted', 'partly_accepted', 'rejected', 'cancelled', 'rolled_back'));
alter table case_credits drop constraint if exists case_credits_kind_check;
alter table case_credits add constraint case_credits_kind_check check (kind in ('credit_note', 'payment'));
alter table case_credits drop constraint if exists case_credits_amount_check;
alter table case_credits add constraint case_credits_amount_check check (amount_minor > 0);
alter table promises drop constraint if exists promises_status_check;
alter table promises add constraint promises_status_check check (status in
    ('open', 'kept', 'partly_kept', 'broken', 'withdrawn'));
alter table promises drop constraint if exists promises_amount_check;
alter table promises add constraint promises_amount_check check (amount_minor > 0);

-- Recalls and corrections of claims. What is still in the air stands alone on its case.

call identified('recalls');
call belongs_to_client('recalls');
create index if not exists recalls_case_id_idx on recalls (agency_id, case_id);
alter table recalls drop constraint if exists recalls_status_check;
alter table recalls add constraint recalls_status_check check (status in
    ('pending', 'objected', 'final', 'withdrawn', 'lapsed'));
create unique index if not exists recalls_alive on recalls (agency_id, case_id) where status in ('pending', 'objected');
create index if not exists recalls_waiting on recalls (agency_id, final_on, id) where status = 'pending';
call identified('placement_recalls');
call belongs('placement_recalls', 'client_id', 'clients');
call belongs('placement_recalls', 'placement_id', 'placements');
alter table placement_recalls drop constraint if exists placement_recalls_act_check;
alter table placement_recalls add constraint placement_recalls_act_check check (act in
    ('', 'ask', 'agree', 'object', 'leave'));
call belongs('recalls', 'placement_recall_id', 'placement_recalls');

call identified('claim_corrections');
call belongs('claim_corrections', 'document_id', 'documents');
call belongs_to_client('claim_corrections');
create index if not exists claim_corrections_case_id_idx on claim_corrections (agency_id, case_id);
alter table claim_corrections drop constraint if exists claim_corrections_check;
alter table claim_corrections add constraint claim_corrections_check check (
    status in ('posted', 'proposed', 'refused') and component in ('principal', 'interest', 'costs')
    and after_minor >= 0 and before_minor >= 0 and after_minor <> before_minor
    and (after_minor > before_minor or status = 'posted'));
create unique index if not exists claim_corrections_alive on claim_corrections (agency_id, case_id)
    where status = 'proposed';
create index if not exists claim_corrections_waiting on claim_corrections (agency_id, id) where status = 'proposed';

-- A reference is free again once its case went back to the client, was declined, or was never meant.
drop index if exists cases_reference;
create unique index if not exists cases_reference_standing on cases (agency_id, client_id, reference)
    where coalesce(close_code, '') not in ('placed_in_error', 'declined', 'withdrawn');

-- The ledger's lines name clients and cases of their own agency.
alter table journal_lines drop constraint if exists journal_lines_client_id_fkey;
alter table journal_lines add constraint journal_lines_client_id_fkey
    foreign key (agency_id, client_id) references clients (agency_id, id);
call belongs_to_client('journal_lines');
call belongs_to_client('plans');
call belongs_to_client('plan_lines');
call belongs_to_client('plan_decisions');
call belongs('client_interest', 'client_id', 'clients');
call identified('case_judgments');
call belongs_to_client('case_judgments');
call belongs('case_interest', 'judgment_id', 'case_judgments');
call belongs_to_client('case_interest');
call belongs_to_client('interest_freezes');
call belongs('interest_postings', 'journal_id', 'journals');
call belongs_to_client('interest_postings');

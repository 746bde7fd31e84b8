-- Opening balances.

call identified('statements');
call identified('suspense');
call identified('openings');
call identified('opening_items');
call belongs('openings', 'journal_id', 'journals');
call belongs('openings', 'undone_journal_id', 'journals');
call belongs('opening_banks', 'opening_id', 'openings');
call belongs('opening_banks', 'bank_account_id', 'bank_accounts');
call belongs('opening_items', 'opening_id', 'openings');
call belongs('opening_items', 'client_id', 'clients');
call belongs('opening_items', 'statement_id', 'statements');
call belongs('opening_items', 'suspense_id', 'suspense');
call belongs_to_client('opening_items');

-- Once for each currency of an agency.
create unique index if not exists openings_standing on openings (agency_id, currency) where status not in ('dropped', 'undone');
create unique index if not exists opening_banks_once on opening_banks (agency_id, opening_id, bank_account_id);
create index if not exists opening_items_in_order on opening_items (agency_id, opening_id, id);
-- What no statement has told of yet.
create index if not exists opening_items_waiting on opening_items (agency_id, opening_id, client_id)
    where kind = 'funds' and statement_id is null;

alter table openings drop constraint if exists openings_amounts_check;
alter table openings add constraint openings_amounts_check check (
    least(due_to_operating_minor, due_from_operating_minor, vat_minor) >= 0);
-- In the books only with a proof and by somebody who wrote none of it.
alter table openings drop constraint if exists openings_status_check;
alter table openings add constraint openings_status_check check (
    status in ('draft', 'proposed', 'approved', 'dropped', 'undone')
    and (status in ('approved', 'undone')) = (approved_by is not null) and (approved_by is null) = (journal_id is null)
    and (status = 'undone') = (undone_journal_id is not null) and (undone_at is null) = (undone_journal_id is null)
    and (status in ('draft', 'dropped') or (proof_sha256 is not null and proposed_at is not null)));
alter table openings drop constraint if exists openings_four_eyes;
alter table openings add constraint openings_four_eyes check (approved_by is null or approved_by <> all (authors));
alter table opening_items drop constraint if exists opening_items_check;
alter table opening_items add constraint opening_items_check check (
    amount_minor > 0 and kind in ('funds', 'suspense', 'refund') and (kind = 'funds') = (client_id is not null)
    and (statement_id is null or kind = 'funds') and (suspense_id is null or kind <> 'funds'));

-- What the processor tells. Its ids are unique within an agency only: two agencies may share an account by mistake, and
-- neither must hinder the other.

call identified('payments');
call identified('card_payments');
call identified('saved_methods');
call identified('payouts');

call belongs_to_client('card_payments');
call belongs('card_payments', 'plan_id', 'plans');
call belongs('card_payments', 'method_id', 'saved_methods');
call belongs('card_payments', 'payment_id', 'payments');
call belongs_to_client('saved_methods');
call belongs_to_client('card_refunds');
call belongs('card_refunds', 'card_payment_id', 'card_payments');
call belongs('card_refunds', 'reversal_id', 'payments');
call belongs_to_client('chargebacks');
call belongs('chargebacks', 'card_payment_id', 'card_payments');
call belongs('chargebacks', 'reversal_id', 'payments');
call belongs('chargebacks', 'return_id', 'payments');
call belongs('payouts', 'journal_id', 'journals');
call belongs('payouts', 'reversal_journal_id', 'journals');
call belongs('payout_lines', 'payout_id', 'payouts');
call belongs('payout_lines', 'card_payment_id', 'card_payments');

create unique index if not exists processor_accounts_one on processor_accounts (agency_id);
-- A connected account belongs to one agency of the installation, or its events would find two.
create unique index if not exists processor_accounts_connected on processor_accounts (account_id) where mode = 'connected';
create unique index if not exists card_payments_token on card_payments (agency_id, token);
create unique index if not exists card_payments_intent on card_payments (agency_id, intent_id);
create unique index if not exists card_payments_charge on card_payments (agency_id, charge_id);
create unique index if not exists card_payments_booked on card_payments (agency_id, payment_id);
-- One attempt at a payment of a plan at a time.
create unique index if not exists card_payments_of_plan on card_payments (agency_id, plan_id, plan_position, attempt)
    where plan_id is not null;
create index if not exists card_payments_of_case on card_payments (agency_id, case_id, id desc);
create index if not exists card_payments_newest on card_payments (agency_id, id desc);
create index if not exists card_payments_unsettled on card_payments (agency_id, created_at)
    where status in ('begun', 'processing', 'needs_action') or status = 'succeeded' and payment_id is null;
create unique index if not exists saved_methods_once on saved_methods (agency_id, case_id, method_id);
create unique index if not exists processor_events_once on processor_events (agency_id, event_id);
create index if not exists processor_events_kept on processor_events (agency_id, received_at) where state = 'kept';
create index if not exists processor_events_aged on processor_events (agency_id, received_at) where body <> '';
create unique index if not exists card_refunds_refund on card_refunds (agency_id, refund_id);
create index if not exists card_refunds_of_case on card_refunds (agency_id, case_id, id);
create index if not exists card_refunds_open on card_refunds (agency_id, asked_at) where status in ('asked', 'approved', 'sent');
create unique index if not exists chargebacks_dispute on chargebacks (agency_id, dispute_id);
create index if not exists chargebacks_of_case on chargebacks (agency_id, case_id, id);
create index if not exists chargebacks_newest on chargebacks (agency_id, id desc);
create unique index if not exists payouts_payout on payouts (agency_id, payout_id);
create index if not exists payouts_newest on payouts (agency_id, id desc);
create index if not exists payout_lines_source on payout_lines (agency_id, source_id);
create index if not exists payments_of_processor on payments (agency_id, currency, journal_id)
    include (processor_fee_minor) where charge_id <> '';
create unique index if not exists payout_lines_once on payout_lines (agency_id, payout_id, transaction_id);

alter table processor_accounts drop constraint if exists processor_accounts_check;
alter table processor_accounts add constraint processor_accounts_check check (
    mode in ('connected', 'own') and (mode <> 'connected' or account_id <> '' or not is_on)
    and (mode <> 'own' or not is_on or secret_key <> '' and webhook_secret <> '' and publishable_key <> ''));
alter table card_payments drop constraint if exists card_payments_check;
alter table card_payments add constraint card_payments_check check (
    status in ('begun', 'processing', 'needs_action', 'succeeded', 'failed', 'cancelled')
    and amount_minor > 0 and refunded_minor between 0 and amount_minor and attempt > 0
    and (plan_position is null or plan_id is not null) and (payment_id is null or status = 'succeeded'));
alter table processor_events drop constraint if exists processor_events_check;
alter table processor_events add constraint processor_events_check check (
    state in ('kept', 'done', 'ignored', 'failed') and octet_length(body) <= 1000000);
alter table card_refunds drop constraint if exists card_refunds_check;
alter table card_refunds add constraint card_refunds_check check (
    status in ('asked', 'approved', 'sent', 'succeeded', 'failed', 'declined') and amount_minor > 0);
-- Nobody pays money back on their own word.
alter table card_refunds drop constraint if exists card_refunds_four_eyes;
alter table card_refunds add constraint card_refunds_four_eyes check (
    status in ('asked', 'declined') or asked_by is null or decided_by is not null and decided_by <> asked_by);
alter table chargebacks drop constraint if exists chargebacks_check;
alter table chargebacks add constraint chargebacks_check check (
    amount_minor > 0 and decision in ('', 'answered', 'accepted')
    and (return_id is null or reversal_id is not null));

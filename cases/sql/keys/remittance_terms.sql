-- How clients are paid.

-- One version begins on a day; what is not withdrawn is looked up by client and day.
create unique index if not exists remittance_terms_standing on remittance_terms (agency_id, client_id, effective_from)
    where withdrawn_at is null;

alter table remittance_terms drop constraint if exists remittance_terms_check;
alter table remittance_terms add constraint remittance_terms_check check (
    remittance_method in ('net', 'gross', 'combined') and remittance_cycle in ('weekly', 'twice_a_month', 'monthly')
    and exchange_gain in ('client', 'agency') and exchange_loss in ('client', 'agency')
    and payout_currencies ~ '^([A-Z]{3}>[A-Z]{3}(,[A-Z]{3}>[A-Z]{3})*)?$');

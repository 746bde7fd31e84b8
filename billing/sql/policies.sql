-- Who sees which rows of the money. Read as: table, column that ties a row to a client, column that ties it to a case.

call protect('fee_agreements',  'client_id', null);
call protect('fee_rules',       'client_id', null);
call protect('payments',        'client_id', 'case_id');
call protect('suspense',        'client_id', 'case_id');
call protect('case_costs',      'client_id', 'case_id');
call protect('invoiced_costs',  'client_id', 'case_id');
call protect('openings',        null,        null);
call protect('opening_banks',   null,        null);
call protect('opening_items',   'client_id', null);
call protect('clawbacks',       'client_id', null);
call protect('payment_files',   null,        null);
call protect('filed_refunds',   null,        null);
call protect('returned_payouts', 'client_id', null);
call protect('refunds', null,        null);
call protect('unclaimed_money', null,        null);
call protect('client_invoices', 'client_id', null);
call protect('invoice_payments', 'client_id', null);
call protect('credit_notes',    'client_id', null);
call protect('papers',          'client_id', 'case_id');
call protect('remittance_runs', null,        null);
call protect('outcomes',        'client_id', 'case_id');
call protect('write_offs',      'client_id', 'case_id');
call protect('statements',      'client_id', null);
call protect('statement_lines', 'client_id', null);
call protect('statement_by_mail', 'client_id', null);
call protect('statement_mails', 'client_id', null);
call protect('exchange_quotes', null,        null);
call protect('exchanges',       null,        null);
call protect('short_terms',     'client_id', null);
call protect('exchange_parts',  'client_id', null);
call protect('bank_details',    'client_id', null);
call protect('direct_payment_reports', 'client_id', 'case_id');
call protect('reconciliations', null,        null);
call protect('payment_receipts', null,       'case_id');

-- What the processor tells is the agency's; a debtor sees the attempts and saved methods of the own case.
call protect('processor_accounts', null, null);
call protect('card_payments',      null, 'case_id');
call protect('saved_methods',      null, 'case_id');
call protect('processor_events',   null, null);
call protect('card_refunds',       null, null);
call protect('chargebacks',        null, null);
call protect('payouts',            null, null);
call protect('payout_lines',       null, null);

-- What banks say of the agency's accounts is the agency's.
call protect('bank_files',      null, null);
call protect('bank_statements', null, null);
call protect('bank_lines',      null, null);
call protect('bank_columns',    null, null);
call protect('bank_matches',    null, null);
call protect('bank_unmatched',  null, null);
call protect('notices',         null, null);
call protect('money_rules',     null, null);

-- A client sees a statement once its run is approved.
drop policy if exists client_sees on statements;
create policy client_sees on statements as restrictive for select
    using ((select app_scope()) <> 'client' or status in ('approved', 'closed'));
drop policy if exists client_sees on statement_lines;
create policy client_sees on statement_lines as restrictive for select
    using ((select app_scope()) <> 'client'
           or exists (select from statements s where s.agency_id = statement_lines.agency_id and s.id = statement_id));
-- Of what was brought over a client sees what its statements tell.
drop policy if exists client_sees on opening_items;
create policy client_sees on opening_items as restrictive for select
    using ((select app_scope()) <> 'client' or statement_id is not null);

-- What the application role may do with the money. A payment is never changed: it is reversed.

call grant_app('fee_agreements',  'select, insert');
call grant_app('fee_rules',       'select, insert');
call grant_app('payments',        'select, insert');
call grant_app('short_terms',     'select, insert');
call grant_app('suspense',        'select, insert, update');
-- Whom a refund goes to and how much it is never changes; only what became of it.
call grant_app('refunds', 'select, insert');
grant update (status, decided_by, decided_by_name, decided_at, pay_from, paid_on, paid_reference, paid_by_name, paid_at,
              journal_id, returned_on, returned_journal_id, told, told_to, told_at) on refunds to portal_app;
call grant_app('unclaimed_money', 'select, insert');
grant update (status, decided_by, decided_by_name, decided_at) on unclaimed_money to portal_app;
call grant_app('openings',        'select, insert, update');
call grant_app('opening_banks',   'select, insert, delete');
call grant_app('opening_items',   'select, insert, delete');
grant update (statement_id, suspense_id) on opening_items to portal_app;
call grant_app('clawbacks',       'select, insert');
call grant_app('payment_files',   'select, insert');
call grant_app('filed_refunds',   'select, insert');
call grant_app('returned_payouts', 'select, insert');
grant update (status, paid_detail_id, paid_on, paid_reference, paid_by_name, paid_at, paid_journal_id) on returned_payouts
    to portal_app;
grant update (statement_id, invoice_id, credit_note_id) on clawbacks to portal_app;
-- An invoice is never changed; what was paid of it or taken off it is added. A paper is what was sent: it is only added.
call grant_app('client_invoices', 'select, insert');
grant update (paid_minor, corrected_minor, settled_on) on client_invoices to portal_app;
call grant_app('invoice_payments', 'select, insert');
grant update (taken_back_on, taken_back_by_name, taken_back_at, taken_back_journal_id) on invoice_payments to portal_app;
call grant_app('credit_notes', 'select, insert');
call grant_app('papers', 'select, insert');
-- A cost is never changed; only that it was taken back is added.
call grant_app('case_costs',      'select, insert');
grant update (taken_back_because, taken_back_by_name, taken_back_at, taken_back_journal_id) on case_costs to portal_app;
call grant_app('invoiced_costs',  'select, insert');
call grant_app('outcomes',        'select, insert');
call grant_columns('outcomes', 'update', '{id, agency_id, client_id, case_id, document_id, kind, on, until, currency, value_minor, what,
    agreed_with, guarantor, security, ranking, ground, interest_frozen, effect, asked_by, asked_by_name, asked_at}');
-- What was proposed never changes; only what became of it.
call grant_app('write_offs',      'select, insert');
grant update (status, decided_by, decided_by_name, decided_at, answer, journal_id, close_code, undone_journal_id, undone_by,
              undone_by_name, undone_at, undone_because) on write_offs to portal_app;
call grant_app('remittance_runs', 'select, insert, update');
call grant_app('statements',      'select, insert, update, delete');
call grant_app('statement_lines', 'select, insert, delete');
call grant_app('statement_by_mail', 'select, insert');
grant update (attached) on statement_by_mail to portal_app;
call grant_app('statement_mails', 'select, insert');
-- A quote stays when another one counts, and what was exchanged was exchanged; one entered in error is taken back, which is
-- said of it, and its parts are gone.
call grant_app('exchange_quotes', 'select, insert');
call grant_app('exchanges',       'select, insert');
grant update (taken_back_at, taken_back_by_name, taken_back_because, taken_back_journal_id) on exchanges to portal_app;
call grant_app('exchange_parts',  'select, insert, delete');

call grant_app('processor_accounts', 'select, insert, update');
call grant_app('card_payments',      'select, insert, update');
call grant_app('saved_methods',      'select, insert, update');
call grant_app('processor_events',   'select, insert, update');
call grant_app('card_refunds',       'select, insert, update');
call grant_app('chargebacks',        'select, insert, update');
call grant_app('payouts',            'select, insert, update');
call grant_app('payout_lines',       'select, insert');

-- What an account, a report or a receipt says is never rewritten; only what became of it is.
call grant_app('bank_details', 'select, insert');
call grant_app('reconciliations', 'select, insert, delete');
grant update (second_by, second_by_name, second_at, document, document_sha256) on reconciliations to portal_app;
grant update (status, decided_by, decided_by_name, decided_at, ended_by_name, ended_at) on bank_details to portal_app;
call grant_app('direct_payment_reports', 'select, insert');
grant update (client_has_it, client_amount_minor, client_paid_on, client_note, answered_by_name, answered_at, status, payment_id,
              answer, decided_by, decided_by_name, decided_at) on direct_payment_reports to portal_app;
call grant_app('payment_receipts', 'select, insert');
grant update (number, language, issued_at, mail, mailed_to, mailed_at) on payment_receipts to portal_app;

-- What a bank said is never rewritten; only what became of a file, and what is known of a line.
call grant_app('bank_files', 'select, insert');
grant update (form, status, table_map, sample, bank_account_id, refusal, left_out, read_at) on bank_files to portal_app;
call grant_app('bank_statements', 'select, insert');
grant update (withdrawn_at) on bank_statements to portal_app;
call grant_app('bank_lines', 'select, insert');
grant update (status, explained_as, explained_by_name, explained_at) on bank_lines to portal_app;
call grant_app('bank_columns', 'select, insert, update, delete');
call grant_app('money_rules', 'select, insert, update');

-- A match is never rewritten: it is taken back, and what suspended money turned out to be is said of it once.
call grant_app('bank_matches', 'select, insert');
grant update (confidence, reasons, matched_by, matched_by_name, matched_at, undone_by, undone_by_name, undone_at,
              undone_why) on bank_matches to portal_app;
call grant_app('bank_unmatched', 'select, insert, delete');
-- A notice stays as it was seen; what is still wrong by another amount is said of it, and that it is right again.
call grant_app('notices', 'select, insert');
grant update (on_day, account_name, amount_minor, ended_at) on notices to portal_app;

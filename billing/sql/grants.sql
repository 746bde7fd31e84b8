-- What the application role may do with the money. A payment is never changed: it is reversed.

call grant_app('fee_agreements',  'select, insert');
call grant_app('fee_rules',       'select, insert');
call grant_app('payments',        'select, insert');
call grant_app('suspense',        'select, insert, update');
call grant_app('clawbacks',       'select, insert');
grant update (statement_id) on clawbacks to portal_app;
call grant_app('outcomes',        'select, insert');
call grant_columns('outcomes', 'update', '{id, agency_id, client_id, case_id, document_id, kind, on, until, currency, value_minor, what,
    agreed_with, guarantor, security, ranking, ground, interest_frozen, effect, asked_by, asked_by_name, asked_at}');
call grant_app('remittance_runs', 'select, insert, update');
call grant_app('statements',      'select, insert, update, delete');
call grant_app('statement_lines', 'select, insert, delete');

call grant_app('processor_accounts', 'select, insert, update');
call grant_app('card_payments',      'select, insert, update');
call grant_app('saved_methods',      'select, insert, update');
call grant_app('processor_events',   'select, insert, update');
call grant_app('card_refunds',       'select, insert, update');
call grant_app('chargebacks',        'select, insert, update');
call grant_app('payouts',            'select, insert, update');
call grant_app('payout_lines',       'select, insert');

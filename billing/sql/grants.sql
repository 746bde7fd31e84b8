-- What the application role may do with the money. A payment is never changed: it is reversed.

call grant_app('fee_agreements',  'select, insert');
call grant_app('fee_rules',       'select, insert');
call grant_app('payments',        'select, insert');
call grant_app('remittance_runs', 'select, insert, update');
call grant_app('statements',      'select, insert, update, delete');
call grant_app('statement_lines', 'select, insert, delete');

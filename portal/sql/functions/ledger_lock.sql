-- ledger_lock: the class of the advisory lock of each agency's ledger, beside the hash of the agency's id.
-- Postings share it; a checkpoint and the closing of a period hold it alone.

create or replace function ledger_lock() returns integer
    language sql immutable parallel safe
    return 1090;

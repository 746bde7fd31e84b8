-- payout_currency: what a client is paid in what was collected in a currency, by its terms (USD>GBP, comma-separated): the
-- same where they say nothing of it.

create or replace function payout_currency(terms text, collected text) returns text
    language sql immutable parallel safe
    return coalesce(substring(terms from collected || '>([A-Z]{3})'), collected);

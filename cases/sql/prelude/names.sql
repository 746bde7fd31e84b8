-- How names are compared in a search. pg_trgm finds fragments of three letters and more, btree_gin lets the agency
-- stand in the same index. Both are trusted extensions: the owner of the database may create them.

create extension if not exists pg_trgm;
create extension if not exists btree_gin;

-- A name as it is looked for: lower case, without accents, ß as ss, full-width letters as plain ones, so that Müller is
-- found by muller and Groß by GROSS. A letter x is written behind every character of a script without spaces: the two
-- characters of 华为 have no trigram inside, 华x为x has one, and it says that they are neighbours.
create or replace function name_fold(p_text text) returns text
    language sql immutable strict parallel safe
    return case
        when p_text ~ '^[\x01-\x7f]*$' then lower(p_text)
        else regexp_replace(
            replace(lower(regexp_replace(normalize(p_text, NFKD), '[\u0300-\u036f]', '', 'g')), 'ß', 'ss'),
            '([\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])', '\1x', 'g')
    end;

-- What a case is found by: its number, the client's reference, and the debtor as the client placed it. The blank in
-- front makes every word begin after one.
create or replace function case_words(p_number text, p_reference text, p_debtor text) returns text
    language sql immutable strict parallel safe
    return ' ' || lower(p_number) || ' ' || name_fold(p_reference) || ' ' || name_fold(p_debtor);

-- A person's words as a pattern for LIKE: they stand in this order, and their % and _ mean themselves. One or two
-- letters are looked for at the beginning of a word, because they have no trigram inside; a single letter nowhere.
create or replace function search_pattern(p_query text) returns text
    language sql immutable strict parallel safe
    return case length(name_fold(btrim(p_query))) when 0 then null when 1 then null when 2 then '% ' else '%' end
        || regexp_replace(replace(replace(replace(name_fold(btrim(p_query)), '\', '\\'), '%', '\%'), '_', '\_'),
                          '\s+', '%', 'g')
        || '%';

-- Papers: one of each subject in each language. What they are about has a table for each kind, which no key can point at.

create unique index if not exists papers_once on papers (agency_id, kind, subject_id, language);
call belongs('papers', 'client_id', 'clients');
call belongs('papers', 'case_id', 'cases');
alter table papers drop constraint if exists papers_check;
alter table papers add constraint papers_check check (
    kind in ('invoice', 'credit_note', 'receipt', 'statement') and length(sha256) = 32
    and (client_id is null or case_id is null) and object_key <> '');

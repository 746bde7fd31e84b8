-- The digest of whatever a seal covers, by its kind. Null when it is not there.

create or replace function sealed_digest(p_kind text, p_subject uuid) returns bytea
    language plpgsql stable set search_path = public, pg_temp as
$$
begin
    case p_kind
        when 'event' then return event_digest(p_subject);
        when 'journal' then return journal_digest(p_subject);
    end case;
end
$$;

revoke all on function sealed_digest(text, uuid) from public;
grant execute on function sealed_digest(text, uuid) to portal_app, portal_definer;

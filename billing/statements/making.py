"""A closed statement as a paper: in the client's language once it is closed, and in another when that is asked for first."""

from uuid import UUID

from billing.papers.kinds import Document, paper
from billing.papers.readers import language_of
from billing.statements.document import as_pdf
from billing.statements.register import load_statement
from portal.people.actor import Actor


@paper("statement", action="statement.document_made", subject="statement")
async def set_statement(actor: Actor, statement_id: UUID, language: str | None) -> Document | None:
    """A statement as it was closed; none of one that may still change."""
    statement = await load_statement(actor, statement_id)
    if statement.closed_at is None:
        return None
    said = language or await language_of(actor, statement.client_id)
    return Document(
        content=await as_pdf(actor, statement, said), language=said, number=statement.number or "",
        file_name=f"{statement.file_name}.pdf", told_on=statement.id, client_id=statement.client_id,
    )  # fmt: skip

"""The way to a paper that is kept."""

from uuid import UUID

from litestar.response import Redirect

from billing.papers.keeping import kept, link_to
from portal.errors import NotFound
from portal.people.actor import Actor


async def to_paper(actor: Actor, kind: str, subject_id: UUID) -> Redirect:
    """Lead to its file, by an address that lives a minute. The subject is one that the actor may see.

    Raises:
        NotFound: it is not made yet.
    """
    paper = await kept(actor, kind, subject_id)
    if paper is None:
        raise NotFound
    return Redirect(link_to(paper), status_code=303)

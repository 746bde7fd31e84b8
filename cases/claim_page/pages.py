"""How a page of the debtor is answered: within the frame that names case and agency, and for no search engine."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response

from cases.claim_page.overview import Frame, agency_of, own_case
from portal.pages.rendering import render
from portal.pages.toasts import PageRequest
from portal.people.actor import Actor
from portal.people.arrival import ClaimVisit
from portal.people.guards import SignInNeeded

UNSEEN: Final = {"X-Robots-Tag": "noindex, nofollow"}


def visit_of(request: PageRequest) -> ClaimVisit:
    """The visit that a request belongs to.

    Raises:
        SignInNeeded: it belongs to none.
    """
    visit: ClaimVisit | None = request.scope.get("claim_visit")  # type: ignore[assignment]
    if visit is None:
        raise SignInNeeded
    return visit


async def claim_render(
    request: PageRequest,
    actor: Actor,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Response[Any]:
    """A page of the debtor: a template that extends ``cases/claim/frame.html``."""
    around = Frame(case=await own_case(actor), agency=await agency_of(actor), valid_until=visit_of(request).valid_until)
    return render(request, template, status=status, headers={**UNSEEN, **(headers or {})}, around=around, **context)

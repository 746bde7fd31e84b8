"""Receipts for staff: the file of one."""

from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from billing.papers.opening import to_paper
from billing.receipts import making
from billing.receipts.register import receipt_of
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.people.guards import needs

JOBS = (making,)
"""Imported so that a worker knows their jobs."""


@get("/payments/{payment_id:uuid}/receipt", guards=[needs("payments.read")], status_code=303)
async def download(actor: NamedDependency[Actor], payment_id: FromPath[UUID]) -> Redirect:
    """A link to the receipt of a payment that lives a minute."""
    receipt = await receipt_of(actor, payment_id)
    if receipt is None:
        raise NotFound
    return await to_paper(actor, "receipt", receipt.id)


ROUTES = [download]

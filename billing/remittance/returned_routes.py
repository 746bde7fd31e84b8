"""Paying again what the bank returned. It is shown on its statement, and those that wait on the list of remittances."""

from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.bank.choosing import chosen_account
from billing.remittance.came_back import pay_again
from billing.remittance.returned import load_returned
from billing.statements.routes import show_statement
from portal.errors import Refused
from portal.pages.forms import read_form
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.guards import needs


@post("/remittances/returned/{returned_id:uuid}/payment", guards=[needs("remittances.prepare")])
async def give_payment(
    request: PageRequest, actor: NamedDependency[Actor], returned_id: FromPath[UUID]
) -> Response[Any]:
    """Confirm that a returned payout left the trust account once more."""
    form = await read_form(request)
    returned = await load_returned(actor, returned_id)
    statement_id = returned.statement_id
    try:
        account_id = await chosen_account(actor, form.id("bank_account"), returned.currency)
        await pay_again(actor, returned_id, form.day("paid_on"), form.text("reference", limit=140), account_id)
    except Refused as error:
        return await show_statement(request, actor, statement_id, error, **form.values())
    return redirect(request, f"/statements/{statement_id}", N_("Booked as paid again."), lock=True)


ROUTES = [give_payment]

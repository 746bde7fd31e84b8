"""Another payee than expected is told to the debtor, at an address that was known before it was asked for: whoever leads money
astray may have changed that as well. It is news of the debtor's own money, which no dispute holds back, but every stop does.
"""

from typing import Final
from uuid import UUID

from billing.receipts.addressee import Addressee, addressee
from billing.refunds.register import Refund, load_refund, refund_in
from billing.refunds.tables import RefundStatus
from billing.refunds.trail import tell_case, write_trail
from cases.casework import load_case
from portal import clock
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.mail.postbox import BadAddress, send_mail
from portal.pages.text import N_
from portal.people.actor import Actor, system
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql_one, sql_value, transaction

SENT: Final = "sent"
TOLD_TEXTS: Final = {
    "": N_("The debtor is being told of the other payee by e-mail."),
    SENT: N_("The debtor was told of the other payee by e-mail."),
    "nobodys": N_("Nobody outside could be told of the other payee: it is not known whose money this is."),
    "no_address": N_("Nobody outside could be told of the other payee: no e-mail address was known before it was asked for."),
    "stopped": N_("Nobody outside could be told of the other payee: the debtor is not to be written to."),
    "bad_address": N_("Nobody outside could be told of the other payee: the known e-mail address takes no mail."),
    "over": N_("Nobody was told of the other payee: the refund was over before."),
}  # fmt: skip
"""What became of it, msgids."""
BEFORE_TEXTS: Final = {
    "": N_("Once you approve it, the debtor is told of this account by e-mail."),
    "nobodys": N_("Nobody outside can be told of this account: it is not known whose money this is. Ask the payer's bank first."),
    "no_address": N_("Nobody outside can be told of this account: no e-mail address was known before it was asked for. Ask the debtor by letter or telephone first."),
    "stopped": N_("Nobody outside can be told of this account: the debtor is not to be written to. Be sure of it in another way first."),
}  # fmt: skip
"""What an approver is told beforehand, msgids."""
KEEP: Final = """
update refunds set told = $3, told_to = $4, told_at = $5 where agency_id = $1 and id = $2 and told = '' returning id
"""


async def why_untold(actor: Actor, refund: Refund) -> str:
    """Why nobody outside can be told of a refund's payee; empty where the debtor can."""
    found = await _whom(actor, refund)
    return found.why_not if found is not None else "nobodys"


async def _whom(actor: Actor, refund: Refund) -> Addressee | None:
    if refund.case_id is None:
        return None
    return await addressee(actor, await load_case(actor, refund.case_id), known_before=refund.asked_at)


SHOWN: Final = """
select r.* from refunds r where r.agency_id = $1 and r.case_id = $2 and r.is_other_payee and r.status in ('approved', 'paid')
  and r.pay_from > $3 order by r.id desc limit 1
"""


async def resting_on(actor: Actor, case_id: UUID) -> Refund | None:
    """A refund on a case to another payee than expected that rests yet: the debtor's page tells of it."""
    row = await sql_one(SHOWN, actor.agency_id, case_id, await agency_day(actor))
    return refund_in(row) if row is not None else None


@job("refunds.tell")
async def tell_of_payee(payload: Payload) -> None:
    """Mail the debtor that money is paid back to another account than expected, or keep why not. Killed, it begins anew."""
    actor, refund_id = system(UUID(payload["agency_id"])), UUID(payload["refund_id"])
    async with transaction(actor.scope, read_only=True):
        refund = await load_refund(actor, refund_id)
        whom = await _whom(actor, refund)
        number = (await load_case(actor, refund.case_id)).number if refund.case_id is not None else ""
    if refund.told:
        return
    outcome = "nobodys" if whom is None else whom.why_not
    if refund.status not in (RefundStatus.APPROVED, RefundStatus.PAID):
        outcome = "over"
    if not outcome:
        assert whom is not None
        outcome = await _send(refund, number, whom)
    email = whom.email if whom is not None and outcome == SENT else ""
    async with transaction(actor.scope):
        if await sql_value(KEEP, actor.agency_id, refund.id, outcome, email, clock.now()) is None:
            return
        if outcome == SENT:
            await write_trail(actor, refund, "refund.told", {"email": email})
            await tell_case(actor, refund, "refund.told", client_sees=False)
        else:
            await write_trail(actor, refund, "refund.not_told", because=outcome)


async def _send(refund: Refund, number: str, whom: Addressee) -> str:
    """Hand it over; gives what became of it. Of the account only the end is in the mail."""
    account = refund.account
    try:
        await send_mail(
            whom.email,
            "billing/refunds/other_payee.txt",
            language=whom.language,
            time_zone=whom.time_zone,
            refund=refund,
            account=account,
            ends=(account.iban or account.account_number)[-4:],
            number=number,
            agency_name=whom.agency_name,
        )
    except BadAddress:
        return "bad_address"
    return SENT

"""The mails about access, sent by jobs: the invitation, and the link to set a new password."""

from uuid import UUID

from portal import clock
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.mail.postbox import send_mail
from portal.people import invitations, login, resets
from portal.people.actor import system
from portal.people.arrival import token_hash
from portal.tenancy.database import NOBODY, as_job, sql_one, transaction

INVITED = """
select i.email, i.role, i.language, i.expires_at, a.name as agency_name, a.time_zone, coalesce(c.name, '') as client_name,
       coalesce(u.name, '') as invited_by
from invitations i
join agencies a on a.id = i.agency_id
left join clients c on c.agency_id = i.agency_id and c.id = i.client_id
left join users u on u.id = i.invited_by
where i.agency_id = $1 and i.id = $2 and i.token_hash = $3
"""


@job("people.send_invitation")
async def send_invitation(payload: Payload) -> None:
    """Mail an invitation with a fresh link. Sent twice, the link of the last mail holds."""
    agency_id, invitation_id = UUID(payload["agency_id"]), UUID(payload["invitation_id"])
    async with transaction(as_job(agency_id)):
        token = await invitations.make_link(system(agency_id), invitation_id)
        if token is None:
            return
        row = await sql_one(INVITED, agency_id, invitation_id, token_hash(token))
        assert row is not None
    await send_mail(
        row["email"],
        "portal/mail/invitation.txt",
        language=row["language"],
        time_zone=row["time_zone"],
        token=token,
        role=row["role"],
        agency_name=row["agency_name"],
        client_name=row["client_name"],
        invited_by=row["invited_by"],
        expires_at=row["expires_at"],
    )


@job("people.send_reset", attempts=4)
async def send_reset(payload: Payload) -> None:
    """Mail a link to set a new password, if it was asked for an account there is."""
    async with transaction(NOBODY):
        letter = await resets.make_link(UUID(payload["attempt_id"]), clock.now())
    if letter is not None:
        await send_mail(
            letter.email, "portal/mail/reset.txt", language=letter.language, token=letter.token, name=letter.name
        )


@job("people.tell_failed_attempt")
async def tell_failed_attempt(payload: Payload) -> None:
    """Write a failed sign-in into the trail of the agencies whose member it was tried for."""
    async with transaction(NOBODY):
        await login.tell_failed_attempt(UUID(payload["attempt_id"]))

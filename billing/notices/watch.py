"""Looking again, each night and after each bank import: what is wrong gets a notice and who may reconcile a mail, once; what is
right again loses its notice by itself. Both stand in the audit trail.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from billing.notices.looking import found_now
from billing.notices.rules import Changes, Finding, Stood, changes
from billing.notices.standing import sentence, standing
from billing.notices.tables import NoticeKind
from portal import clock
from portal.audit.record import record
from portal.identity import new_id
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.mail.postbox import send_mail
from portal.people.actor import Actor, system
from portal.people.permissions import AGENCY_ROLES, permits
from portal.tenancy.database import sql, sql_one, transaction

FIELDS: Final = "kind, about, currency, on_day, account_name, amount_minor, statement_id"
STOOD: Final = f"select id, {FIELDS} from notices where agency_id = $1 and ended_at is null"  # noqa: S608 - own names
BEGIN: Final = f"""
insert into notices (id, agency_id, {FIELDS}, began_at) values ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10)
"""  # noqa: S608 - own names
CHANGE: Final = """
update notices set on_day = $3, account_name = $4, amount_minor = $5 where agency_id = $1 and id = $2
"""
END: Final = "update notices set ended_at = $3 where agency_id = $1 and id = $2"
READERS: Final = """
select m.user_id from memberships m join users u on u.id = m.user_id
where m.agency_id = $1 and m.client_id is null and m.role = any($2) and m.ended_at is null and u.disabled_at is null
order by m.user_id
"""
READER: Final = """
select u.email, u.name, u.language, u.time_zone, a.name as agency_name
from memberships m join users u on u.id = m.user_id join agencies a on a.id = m.agency_id
where m.agency_id = $1 and m.client_id is null and m.role = any($2) and m.ended_at is null and u.disabled_at is null
  and m.user_id = $3
"""
ROLES: Final = [role.value for role in AGENCY_ROLES if permits(role, "reconciliations.sign")]


@job("notices.look")
async def look_again(payload: Payload) -> None:
    """Look again at one agency's clients' money."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope):
        await look(actor)


async def look(actor: Actor) -> None:
    """Bring the notices to what is wrong now, and have what is new told by mail. Two who look wait for each other."""
    await sql("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"notices of {actor.agency_id}")
    stood = [_stood(dict(row)) for row in await sql(STOOD, actor.agency_id)]
    what = changes(stood, await found_now(actor))
    told = await _write(system(actor.agency_id), what, {one.id: one.finding for one in stood})
    if told:
        ids = ",".join(str(notice_id) for notice_id in told)
        for row in await sql(READERS, actor.agency_id, ROLES):
            payload = {"agency_id": actor.agency_id, "notice_ids": ids, "user_id": row["user_id"]}
            await enqueue("notices.mail", payload)


def _stood(row: dict[str, object]) -> Stood:
    notice_id = row.pop("id")
    assert isinstance(notice_id, UUID)
    return Stood(notice_id, Finding(**{**row, "kind": NoticeKind(str(row["kind"]))}))  # type: ignore[arg-type]


async def _write(actor: Actor, what: Changes, stood: dict[UUID, Finding]) -> Sequence[UUID]:
    """Gives the notices to be told of."""
    begun = [(new_id(), one) for one in what.begun]
    for notice_id, one in begun:
        values = (one.kind, one.about, one.currency, one.on_day, one.account_name, one.amount_minor, one.statement_id)
        await sql(BEGIN, actor.agency_id, notice_id, *values, clock.now())
        await record(actor, "notice.began", "notice", notice_id, facts=_facts(one))
    for notice_id, one in {**what.changed, **what.moved}.items():
        await sql(CHANGE, actor.agency_id, notice_id, one.on_day, one.account_name, one.amount_minor)
    for notice_id, one in what.changed.items():
        before = {"amount_minor": stood[notice_id].amount_minor}
        await record(actor, "notice.changed", "notice", notice_id, facts=_facts(one), before=before)
    for notice_id in what.ended:
        await sql(END, actor.agency_id, notice_id, clock.now())
        await record(actor, "notice.ended", "notice", notice_id, facts=_facts(stood[notice_id]))
    return [*(notice_id for notice_id, _ in begun), *what.changed]


def _facts(one: Finding) -> dict[str, object]:
    facts = {"kind": one.kind, "currency": one.currency, "on_day": one.on_day, "account_name": one.account_name}
    return facts | ({"amount_minor": one.amount_minor} if one.amount_minor is not None else {})


@job("notices.mail")
async def mail(payload: Payload) -> None:
    """Tell one who may reconcile of what began, unless it is right again or they left meanwhile."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope, read_only=True):
        notices = await standing(actor, [UUID(text) for text in payload["notice_ids"].split(",")])
        reader = await sql_one(READER, actor.agency_id, ROLES, UUID(payload["user_id"]))
    if reader is None or not notices:
        return
    await send_mail(
        reader["email"],
        "billing/notices/begun.txt",
        language=reader["language"],
        time_zone=reader["time_zone"],
        name=reader["name"],
        agency_name=reader["agency_name"],
        notices=notices,
        sentence=sentence,
    )

"""An agreement in writing: a letter in the debtor's language, kept among the documents of its case once it is approved.

What is printed is what was offered, and the time in the file is that of the offer: the same agreement is the same bytes
every time, so that whoever signs it can be shown that nothing has changed.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid5

import asyncpg

from billing.bank_details.instructions import Instructions, instructions_for
from billing.plans.wording import line_note
from cases.casework import CaseFile, load_case, tell
from cases.intake.proposals import country_names
from cases.plans.register import KeptLine, PlanFile, lines_of, load_plan
from cases.plans.tables import PlanStatus
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.pages.formats import amount, date_full, money, percent
from portal.pages.text import ngettext, speaking, translate
from portal.pages.typeset import pdf, text_lines
from portal.people.actor import Actor, system
from portal.storage import store
from portal.tenancy.database import sql, sql_one, sql_value, transaction

TEMPLATE: Final = Path(__file__).parent / "agreement.typ"

HEAD: Final = """
select a.name as agency, a.address as agency_address, a.licence, a.vat_number as agency_vat, a.time_zone, k.name as client
from agencies a join clients k on k.agency_id = a.id and k.id = $2 where a.id = $1
"""


async def as_pdf(actor: Actor, case: CaseFile, plan: PlanFile) -> bytes:
    """The agreement in the language it was offered in; the same bytes whenever it is asked for.

    Raises:
        NotFound: it is a draft.
    """
    lines = await lines_of(actor, plan.id)
    head = await sql_one(HEAD, actor.agency_id, plan.client_id)
    if head is None or not lines:
        raise NotFound
    pay = await instructions_for(actor, case, 0, plan.offered_at)
    return await asyncio.to_thread(_set, case, plan, lines, head, pay)


def _set(
    case: CaseFile, plan: PlanFile, lines: Sequence[KeptLine], head: asyncpg.Record, pay: Instructions | None
) -> bytes:
    with speaking(plan.language, head["time_zone"]):
        content = {**_content(case, plan, lines, head), "pay": _pay(pay)}
    return pdf(TEMPLATE, content, plan.offered_at)


def _content(case: CaseFile, plan: PlanFile, lines: Sequence[KeptLine], head: asyncpg.Record) -> dict[str, object]:
    currency = plan.currency
    title = translate("Settlement agreement") if plan.is_settlement else translate("Instalment agreement")
    return {
        "language": plan.language,
        "title": title,
        "number": f"{case.number} · {plan.version}",
        "agency": head["agency"],
        "sender": " · ".join([head["agency"], *text_lines(head["agency_address"])]),
        "agency_lines": [*text_lines(head["agency_address"]), *text_lines(head["licence"])],
        "client": case.debtor_name,
        "client_lines": _address(case),
        "facts": [
            [translate("Case"), case.number],
            [translate("Creditor"), head["client"]],
            [translate("Creditor's reference"), case.reference],
            [translate("Balance on"), date_full(plan.made_on)],
            [translate("Open until"), date_full(plan.valid_until)],
        ],
        "opening": translate(
            "Between %(creditor)s, represented by %(agency)s, and %(debtor)s.",
            creditor=head["client"],
            agency=head["agency"],
            debtor=case.debtor_name,
        ),
        "clauses": clauses(plan, len(lines)),
        "columns": [
            "",
            translate("Due"),
            translate("Instalment"),
            translate("Interest"),
            translate("To pay %(currency)s", currency=currency),
            translate("Left"),
        ],
        "lines": [_cells(line, plan) for line in lines],
        "total": [
            translate("Total"),
            amount(sum(line.of_balance_minor for line in lines), currency),
            amount(sum(line.plan_interest_minor for line in lines), currency),
            amount(plan.to_pay_minor, currency),
            amount(0, currency),
        ],
        "after": conditions(plan),
        "signatures": _signatures(case, plan, head),
        "guarantee": _guarantee(case, plan, head) if plan.guarantor else None,
        "page": translate("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
    }


def _pay(pay: Instructions | None) -> dict[str, object] | None:
    """Where to pay, as it was shown to debtors when the agreement was offered."""
    if pay is None:
        return None
    note = translate("Please give the reference with every payment.")
    return {"title": translate("Please pay to"), "lines": pay.spoken, "note": note}


def _address(case: CaseFile) -> list[str]:
    place = f"{case.debtor_postal_code} {case.debtor_city}".strip()
    country = dict(country_names()).get(case.debtor_country, case.debtor_country)
    return [line for line in (case.debtor_street, place, case.debtor_region, country) if line]


def clauses(plan: PlanFile, payments: int) -> list[str]:
    """What an agreement says before its payments, in the language that is being spoken."""
    clauses = [
        translate(
            "The debtor acknowledges that %(amount)s is owed on %(day)s: principal %(principal)s, interest %(interest)s,"
            " costs %(costs)s.",
            amount=money(plan.owed_minor, plan.currency),
            day=date_full(plan.made_on),
            principal=amount(plan.principal_minor, plan.currency),
            interest=amount(plan.interest_minor, plan.currency),
            costs=amount(plan.costs_minor, plan.currency),
        )
    ]
    if plan.is_settlement:
        clauses.append(
            translate(
                "If every payment below arrives in time, %(forgiven)s is forgiven. Until the last of them has arrived"
                " nothing is, and if they stop, the whole balance less what was paid is owed.",
                forgiven=money(plan.forgiven_minor, plan.currency),
            )
        )
    if plan.yearly_rate:
        clauses.append(
            translate(
                "While the agreement is kept, the principal that is left bears interest of %(rate)s a year, by the day.",
                rate=percent(plan.yearly_rate),
            )
        )
    else:
        clauses.append(translate("While the agreement is kept, no further interest runs."))
    clauses.append(
        translate("The debtor pays:")
        if payments == 1
        else translate("The debtor pays in %(num)s payments:", num=payments)
    )
    return clauses


def conditions(plan: PlanFile) -> list[str]:
    """What it says after them."""
    told = [
        ngettext(
            "A payment is late once %(num)s working day after its date has passed.",
            "A payment is late once %(num)s working days after its date have passed.",
            plan.tolerance_days,
        )
        % {"num": plan.tolerance_days},
        translate(
            "The agreement is broken when %(misses)s payments in a row are late, or one for %(days)s days.",
            misses=plan.break_misses,
            days=plan.break_days,
        )
        if plan.break_misses
        else translate("The agreement is broken when a payment is late for %(days)s days.", days=plan.break_days),
    ]
    if plan.accelerates:
        told.append(translate("If it is broken, the whole balance that is left is due at once."))
    if plan.guarantor:
        told.append(
            translate(
                "%(name)s answers for every payment of this agreement by the guarantee that belongs to it.",
                name=plan.guarantor,
            )
        )
    return told


def _cells(line: KeptLine, plan: PlanFile) -> list[str]:
    note = line_note(line.position, line.nominal_on, line.due_on, plan.anchor_day or plan.first_on.day, plan.country)
    return [
        translate("First") if line.position == 0 else str(line.position),
        f"{date_full(line.due_on)}  {note}".strip() if note else date_full(line.due_on),
        amount(line.of_balance_minor, plan.currency),
        amount(line.plan_interest_minor, plan.currency) if line.plan_interest_minor else "",
        amount(line.to_pay_minor, plan.currency),
        amount(line.left_minor, plan.currency),
    ]


def _signatures(case: CaseFile, plan: PlanFile, head: asyncpg.Record) -> list[list[str]]:
    place = translate("Place, date, signature")
    return [[case.debtor_name, place], [head["agency"], place]]


GUARANTEE_DAYS: Final = 183
"""Six months after the last payment is due: the term where nothing else is said (Civil Code of China, article 692)."""


def _guarantee(case: CaseFile, plan: PlanFile, head: asyncpg.Record) -> dict[str, object]:
    """The guarantee on a page of its own, signed by who gives it."""
    ends_on = (plan.ends_on or plan.first_on) + timedelta(days=GUARANTEE_DAYS)
    reached = [*text_lines(plan.guarantor_address), plan.guarantor_phone, plan.guarantor_email]
    return {
        "title": translate("Guarantee of payment"),
        "parties": [
            [translate("Guarantor"), " · ".join([plan.guarantor, *(line for line in reached if line)])],
            [translate("Creditor"), head["client"]],
            [translate("Debtor"), case.debtor_name],
            [translate("Agreement"), f"{case.number} · {plan.version}"],
        ],
        "clauses": [
            translate(
                "%(guarantor)s guarantees to %(creditor)s every payment of this agreement, %(amount)s in all.",
                guarantor=plan.guarantor,
                creditor=head["client"],
                amount=money(plan.to_pay_minor, plan.currency),
            ),
            translate("The guarantor is liable jointly and severally with %(debtor)s.", debtor=case.debtor_name),
            translate("While the agreement is kept nothing is asked of the guarantor."),
            translate("If it is broken, the guarantor pays on demand what is due of it."),
            translate("The guarantee may be called upon until %(day)s.", day=date_full(ends_on)),
            translate("It goes down with each payment, and ends when the agreement is fulfilled."),
        ],
        "signature": [plan.guarantor, translate("Place, date, signature")],
    }


# Kept among the documents of the case

KEEP: Final = """
insert into documents (id, agency_id, client_id, case_id, kind, file_name, content_type, size_bytes, sha256, object_key,
                       version_id, state, uploaded_by_name, created_at, released_at)
values ($1, $2, $3, $4, 'contract', $5, 'application/pdf', $6, $7, $8, $9, 'released', $10, $11, $11)
on conflict do nothing returning id
"""
NAME: Final = """
update plans set document_id = $3, document_sha256 = $4 where agency_id = $1 and id = $2 and document_id is null
"""


@job("plans.write_agreement")
async def write_agreement(payload: Payload) -> None:
    """Write an approved offer down and keep it among the documents of its case; written twice, it is kept once."""
    actor, plan_id = system(UUID(payload["agency_id"])), UUID(payload["plan_id"])
    async with transaction(actor.scope, read_only=True):
        plan = await load_plan(actor, plan_id)
        case = await load_case(actor, plan.case_id)
        if plan.document_id is not None or plan.status in (PlanStatus.DRAFT, PlanStatus.CANCELLED):
            return
        content = await as_pdf(actor, case, plan)
    document_id = uuid5(plan.id, "agreement")
    kept = await store.put(store.key_of(actor.agency_id, "documents", document_id), content, "application/pdf")
    async with transaction(actor.scope):
        await _keep(actor, plan, document_id, kept, hashlib.sha256(content).digest())


async def _keep(actor: Actor, plan: PlanFile, document_id: UUID, kept: store.Stored, digest: bytes) -> None:
    case = await load_case(actor, plan.case_id, lock=True)
    name = f"{case.number}-agreement-{plan.version}.pdf"
    agency = await sql_value("select name from agencies where id = $1", actor.agency_id)
    made = await sql_value(
        KEEP,
        *(document_id, actor.agency_id, plan.client_id, plan.case_id, name, kept.size_bytes, digest),
        *(kept.key, kept.version, agency, clock.now()),
    )
    if made is None:
        return
    await sql(NAME, actor.agency_id, plan.id, document_id, digest)
    facts = {"file_name": name, "kind": "contract", "document_id": document_id, "version_number": 1, "refusal": ""}
    await tell(actor, case, "document.released", "documents", facts)
    await record(
        actor,
        "plan.written",
        "plan",
        plan.id,
        client_id=plan.client_id,
        facts={"document_id": document_id, "sha256": digest.hex(), "version": kept.version},
    )
    await enqueue("documents.keep", {"agency_id": actor.agency_id, "document_id": document_id})
    await enqueue("documents.draw", {"agency_id": actor.agency_id, "document_id": document_id})

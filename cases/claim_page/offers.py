"""The sections of the debtor's page that belong to the case: what may be answered, confirmed, read and wished."""

from datetime import datetime

from cases.casework import CaseFile
from cases.claim_page.hardship import latest_hardship
from cases.claim_page.papers import papers_of
from cases.claim_page.sections import offer
from cases.contact.wording import Day
from cases.disputes import open_dispute
from portal.pages.text import N_, Text, say
from portal.people.actor import Actor
from portal.people.agency_time import agency_zone


async def _dispute(actor: Actor, case: CaseFile) -> bool | Text:
    told = await open_dispute(actor, case.id)
    if told is None:
        return case.is_open
    return say("You told us on %(day)s; we are looking at it", day=await _day(actor, told["opened_at"]))


async def _hardship(actor: Actor, case: CaseFile) -> bool | Text:
    told = await latest_hardship(actor, case.id)
    if told is None or not case.is_open:
        return case.is_open
    return say("You told us on %(day)s", day=await _day(actor, told.stated_at))


async def _confirm(_: Actor, case: CaseFile) -> bool | Text:
    return case.is_open


async def _papers(actor: Actor, _: CaseFile) -> bool | Text:
    number = len(await papers_of(actor))
    return say("%(number)s to read", number=number) if number else False


async def _always(_: Actor, __: CaseFile) -> bool | Text:
    return True


async def _day(actor: Actor, moment: datetime) -> Day:
    return Day(moment.astimezone(await agency_zone(actor)).date())


offer(
    "dispute", 30, N_("This is not right"), N_("Say why; what you dispute is not collected meanwhile"),
    "message-report", "/claim/dispute", _dispute,
)  # fmt: skip
offer(
    "hardship", 40, N_("I cannot pay now"), N_("Tell us how things are, and we look for a way together"),
    "mood-sad", "/claim/hardship", _hardship,
)  # fmt: skip
offer(
    "confirm", 50, N_("Confirm the balance"), N_("Compare it with your books and sign it"), "file-check",
    "/claim/confirm", _confirm,
)  # fmt: skip
offer("documents", 60, N_("Documents"), "", "paperclip", "/claim/documents", _papers)
offer(
    "contact", 80, N_("How we contact you"), N_("Preferred way and language, and what we should not do"),
    "message-circle", "/claim/contact", _always,
)  # fmt: skip

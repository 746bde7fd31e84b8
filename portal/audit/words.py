"""What the trail tells, in words: actions, the kinds of things they were done to, and the names of their facts.

Codes are what is stored and sealed; these are only how a reader sees them. Whatever is recorded stands in this list:
:func:`portal.audit.record.record` refuses an action or a kind that does not.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Final

from portal.audit.codes import spoken
from portal.pages import formats
from portal.pages.text import N_, translate

ACTIONS: Final[Mapping[str, str]] = {
    "acceptance.changed": N_("changed what is accepted"),
    "agency.changed": N_("changed the agency's settings"),
    "agency.entered": N_("entered the agency"),
    "agency.founded": N_("founded the agency"),
    "agency.left": N_("left the agency"),
    "authority.changed": N_("changed who may agree to what"),
    "agreement.made": N_("made a fee agreement"),
    "api_key.made": N_("made an API key"),
    "api_key.revoked": N_("revoked an API key"),
    "audit.anchored": N_("put the chain's head away"),
    "audit.checked": N_("checked the chain"),
    "batch.cleared": N_("removed a batch of documents that was given up"),
    "batch.decided": N_("said which cases files belong to"),
    "batch.file_arrived": N_("sent a file"),
    "batch.file_dropped": N_("took a file out"),
    "batch.file_filed": N_("filed a file"),
    "batch.file_refused": N_("refused a file"),
    "batch.file_unpacked": N_("unpacked an archive"),
    "batch.file_unpacking": N_("sent an archive"),
    "batch.filed": N_("had files filed"),
    "batch.offered": N_("offered files"),
    "batch.opened": N_("began sending documents"),
    "call.logged": N_("logged a call"),
    "call.refused": N_("was refused a call"),
    "case_draft.begun": N_("began to type a case"),
    "case_draft.cleared": N_("removed a draft that nobody went on with"),
    "case_draft.dropped": N_("threw the draft of a case away"),
    "case.active": N_("made the case active"),
    "case.claimed": N_("took the case"),
    "case.closed": N_("closed the case"),
    "case.declined": N_("declined the case"),
    "case.held": N_("put the case on hold"),
    "case.needs_info": N_("waits for the client"),
    "case.next_action_set": N_("set the next action"),
    "case.reopened": N_("opened the case again"),
    "case.resumed": N_("resumed the case"),
    "case.settled": N_("settled the case"),
    "case.to_legal": N_("moved the case to legal"),
    "cases.exported": N_("exported cases"),
    "claim_link.made": N_("made a private link for the debtor"),
    "claim_link.revoked": N_("revoked the debtor's private links"),
    "claim_page.opened": N_("opened the page of the claim"),
    "client.account_changed": N_("changed where a client is paid"),
    "client.added": N_("added a client"),
    "client.changed": N_("changed a client"),
    "contact.stopped": N_("stopped contact"),
    "debtor.person_added": N_("added a person"),
    "debtor.represented": N_("recorded a representative"),
    "correction.accepted": N_("accepted a higher claim"),
    "correction.posted": N_("corrected a claim"),
    "correction.proposed": N_("proposed a higher claim"),
    "correction.refused": N_("refused a higher claim"),
    "debtor_account.exported": N_("took an account of a debtor home"),
    "debtors.compared": N_("compared debtors"),
    "debtors.linked": N_("said that two debtors are one"),
    "debtors.told_apart": N_("said that two debtors are two"),
    "debtors.unlinked": N_("took back that two debtors are one"),
    "dispute.answered": N_("answered a dispute"),
    "dispute.opened": N_("opened a dispute"),
    "document.announced": N_("announced a document"),
    "document.arrived": N_("sent a document that is being looked at"),
    "document.held": N_("put a document on legal hold"),
    "document.hold_lifted": N_("lifted the legal hold of a document"),
    "document.kept": N_("locked a document"),
    "document.kind_corrected": N_("corrected the kind of a document"),
    "document.opened": N_("opened a document"),
    "document.refused": N_("refused a document"),
    "document.released": N_("released a document"),
    "document.removed": N_("removed a document whose time was over"),
    "invitation.accepted": N_("accepted an invitation"),
    "invitation.made": N_("invited somebody"),
    "invitation.sent_again": N_("sent an invitation again"),
    "invitation.withdrawn": N_("withdrew an invitation"),
    "limitation.set": N_("set the limitation date"),
    "login.code_failed": N_("gave a wrong code at login"),
    "login.failed": N_("failed to log in"),
    "login.succeeded": N_("logged in"),
    "membership.ended": N_("ended a membership"),
    "membership.made": N_("made a membership"),
    "membership.role_changed": N_("changed a role"),
    "note.written": N_("wrote a note"),
    "papers.asked": N_("asked the client for papers"),
    "password.changed": N_("changed their password"),
    "password.reset": N_("reset their password"),
    "payment.recorded": N_("recorded a payment"),
    "payment.reversed": N_("took a payment back"),
    "payments.exported": N_("exported payments"),
    "placement.acknowledged": N_("acknowledged a placement"),
    "placement.cancelled": N_("cancelled a placement"),
    "placement.cleared": N_("removed a placement that was never handed over"),
    "placement.checked": N_("checked a placement"),
    "placement.columns_asked": N_("went back to the columns of a placement"),
    "placement.columns_confirmed": N_("said what the columns of a placement mean"),
    "placement.columns_proposed": N_("proposed what the columns of a placement mean"),
    "placement.control_given": N_("gave control totals"),
    "placement.handed_over": N_("handed a placement over"),
    "placement.list_added": N_("added a list of debtors to a placement"),
    "placement.list_columns_said": N_("said what the columns of a list of debtors mean"),
    "placement.list_removed": N_("removed the list of debtors from a placement"),
    "placement.proposals_used": N_("took up what was proposed for the rows of a placement"),
    "placement.recall_agreed": N_("agreed to the recall of a placement"),
    "placement.recall_asked": N_("asked for a placement back"),
    "placement.recall_objected": N_("objected to the recall of a placement"),
    "placement.recall_withdrawn": N_("left the cases of a placement with the agency after all"),
    "placement.received": N_("received a placement"),
    "placement.roll_back_asked": N_("asked for a placement to be taken back"),
    "placement.roll_back_given_up": N_("left a placement as it is: a case was worked meanwhile"),
    "placement.rolled_back": N_("took a placement back"),
    "placement.row_corrected": N_("corrected a row of a placement"),
    "placement.row_left_out": N_("left a row of a placement out"),
    "placement.shape_chosen": N_("said how the file of a placement is read"),
    "placement.turned_down": N_("turned a placement down"),
    "placements.exported": N_("exported placements"),
    "plan.active": N_("found a plan kept again"),
    "plan.agreed": N_("recorded an agreement to pay"),
    "plan.approved": N_("approved an offer"),
    "plan.broken": N_("found a plan broken"),
    "plan.completed": N_("found a plan fulfilled"),
    "plan.declined": N_("declined an offer"),
    "plan.drawn_up": N_("drew up an agreement to pay"),
    "plan.ended": N_("ended an agreement to pay, or an offer of one"),
    "plan.grace": N_("found a payment of a plan late"),
    "plan.interest": N_("posted the interest of a plan"),
    "plan.offered": N_("offered an agreement to pay"),
    "plan.superseded": N_("replaced an agreement to pay"),
    "plan.written": N_("wrote an agreement to pay down"),
    "profile.changed": N_("changed their profile"),
    "promise.broken": N_("found a promise broken"),
    "promise.kept": N_("found a promise kept"),
    "promise.made": N_("recorded a promise"),
    "promise.partly_kept": N_("found a promise partly kept"),
    "queue.exported": N_("exported the queue"),
    "queue.opened": N_("opened a queue"),
    "recall.agreed": N_("agreed to a recall"),
    "recall.asked": N_("asked for a case back"),
    "recall.final": N_("gave a case back"),
    "recall.insisted": N_("insisted on a recall"),
    "recall.lapsed": N_("found a recall over: the case had ended"),
    "recall.objected": N_("objected to a recall"),
    "recall.withdrawn": N_("left a case with the agency after all"),
    "remittance.approved": N_("approved a remittance"),
    "remittance.cancelled": N_("cancelled a remittance"),
    "remittance.exported": N_("exported the lines of a remittance"),
    "remittance.paid": N_("recorded a remittance as paid"),
    "remittance.prepared": N_("prepared a remittance"),
    "remittance.prepared_again": N_("prepared a remittance again"),
    "remittance.returned_to_draft": N_("returned a remittance to draft"),
    "remittance.reviewed": N_("reviewed a remittance"),
    "requirement.accepted": N_("accepted the client's answer"),
    "requirement.answered": N_("answered what was asked of the client"),
    "requirement.asked_again": N_("asked the client again"),
    "requirement.met": N_("supplied what was missing"),
    "requirement.waived": N_("waived a requirement"),
    "sample.loaded": N_("loaded the sample data"),
    "second_factor.off": N_("turned two-step login off"),
    "second_factor.on": N_("turned two-step login on"),
    "session.ended": N_("ended a session"),
    "session.others_ended": N_("ended all other sessions"),
    "statement.closed": N_("closed a statement"),
    "statement.exported": N_("exported the lines of a statement"),
    "statements.exported": N_("exported statements"),
    "view.removed": N_("removed a view"),
    "view.saved": N_("saved a view"),
}

SUBJECTS: Final[Mapping[str, tuple[str, str]]] = {
    "agency": (N_("agency"), ""),
    "api_key": (N_("API key"), ""),
    "case": (N_("case"), "/cases/"),
    "case_draft": (N_("draft of a case"), ""),
    "client": (N_("client"), "/clients/"),
    "debtor": (N_("debtor"), ""),
    "document": (N_("document"), "/documents/"),
    "document_batch": (N_("documents sent at once"), "/documents/batches/"),
    "fee_agreement": (N_("fee agreement"), ""),
    "invitation": (N_("invitation"), ""),
    "membership": (N_("membership"), ""),
    "payment": (N_("payment"), "/payments/"),
    "placement": (N_("placement"), "/placements/"),
    "plan": (N_("agreement to pay"), "/plans/"),
    "queue": (N_("queue"), ""),
    "remittance_run": (N_("remittance"), "/remittances/"),
    "session": (N_("session"), ""),
    "statement": (N_("statement"), "/statements/"),
    "user": (N_("person"), ""),
    "view": (N_("view"), ""),
}
"""The word for each kind, and where its page is, if it has one."""

FACTS: Final[Mapping[str, str]] = {
    # Codes, figures, days, ids, and names that are no person's.
    "action": N_("Next action"),
    "after_minor": N_("Claimed from now on"),
    "allocation": N_("A payment is used up on"),
    "amount_minor": N_("Amount"),
    "at": N_("When"),
    "attempt_id": N_("Call"),
    "attempted_at": N_("Tried"),
    "authorised": N_("Authorised"),
    "bad": N_("Rows with errors"),
    "balance_minor": N_("Balance"),
    "base_currency": N_("Base currency"),
    "cannot_supply": N_("Cannot be supplied"),
    "case": N_("Case"),
    "case_id": N_("Case"),
    "because": N_("Because"),
    "breaks_on": N_("Broken on"),
    "before_minor": N_("Claimed until then"),
    "cases": N_("Cases"),
    "channel": N_("How it came"),
    "channels": N_("Ways of contact"),
    "close_code": N_("Closed because"),
    "code": N_("Code"),
    "collected_minor": N_("Collected"),
    "columns": N_("Columns"),
    "component": N_("Part of the claim"),
    "content": N_("Digest of the content"),
    "control": N_("Control totals"),
    "count": N_("Number of them"),
    "countries": N_("Countries"),
    "country": N_("Country"),
    "covered": N_("Entries under a seal"),
    "currency": N_("Currency"),
    "debtor": N_("Debtors"),
    "debtors": N_("Debtors"),
    "days": N_("Days"),
    "deferred": N_("Put off"),
    "difference_minor": N_("Difference"),
    "dispute_id": N_("Dispute"),
    "document_id": N_("Document"),
    "documents": N_("Documents"),
    "door": N_("Came by"),
    "due_on": N_("Due"),
    "duplicates": N_("Duplicates"),
    "effective_from": N_("Holds from"),
    "ends_on": N_("Ends"),
    "errors": N_("Errors"),
    "everybody": N_("Everybody"),
    "expires_at": N_("Expires"),
    "fee_minor": N_("Fee"),
    "fees_minor": N_("Fees"),
    "fields": N_("Fields"),
    "file_name": N_("File"),
    "final_on": N_("Final on"),
    "first_number": N_("First case"),
    "flaws": N_("Flaws"),
    "floors": N_("Floors of settlements"),
    "forgiven_minor": N_("Forgiven"),
    "found": N_("Found"),
    "first_on": N_("First payment"),
    "from_minor": N_("From"),
    "hash": N_("Digest"),
    "head": N_("Latest digest"),
    "heads": N_("Heads compared"),
    "hint": N_("Begins with"),
    "how": N_("In what way"),
    "journal_id": N_("Journal"),
    "judged_on": N_("Judged on"),
    "kept_minor": N_("Kept by us"),
    "kept_until": N_("Locked until"),
    "key": N_("Kept as"),
    "kind": N_("Kind"),
    "lacks": N_("What is missing"),
    "language": N_("Language"),
    "last_number": N_("Last case"),
    "lengths": N_("Longest plans"),
    "level": N_("Level"),
    "licence": N_("Licence"),
    "link_id": N_("Private link"),
    "links": N_("Private links"),
    "longest_days": N_("Days past due, at most"),
    "mailed": N_("By e-mail"),
    "most_forgiven_minor": N_("Most forgiven"),
    "most_payments": N_("Most payments of a settlement"),
    "minimum_minor": N_("Minimum"),
    "minimums": N_("Smallest claims"),
    "linked": N_("Pairs that are one"),
    "name": N_("Name"),
    "needs_info": N_("Cases that need information"),
    "net_minor": N_("Net"),
    "number": N_("Number"),
    "of": N_("Of"),
    "ok": N_("As it was written"),
    "only_all": N_("Only if every row can be placed"),
    "outcome": N_("Outcome"),
    "other": N_("The other debtor"),
    "own_first_percent": N_("First payment, negotiators, per cent"),
    "paid_on": N_("Paid on"),
    "password_approves_money": N_("A password may approve money"),
    "payments": N_("Payments"),
    "plan_id": N_("Agreement to pay"),
    "payment_id": N_("Payment"),
    "period_to": N_("Through"),
    "placement": N_("Placement"),
    "problem": N_("Problem"),
    "promise_id": N_("Promise"),
    "queue": N_("Queue"),
    "ready": N_("Rows ready"),
    "recall_exclusivity_days": N_("Days in which we may object to a recall"),
    "recall_fee_days": N_("Days of fee on promised money after a recall"),
    "recall_pending_days": N_("Days after which a recall is final"),
    "received_by": N_("Received by"),
    "received_minor": N_("Received"),
    "received_on": N_("Received on"),
    "reference": N_("Reference"),
    "refusal": N_("Refused because"),
    "rejected": N_("Rows turned down"),
    "remittance_cycle": N_("How often"),
    "remittance_floor_minor": N_("Smaller sums wait"),
    "remittance_method": N_("How it is paid"),
    "replaces": N_("Newer version of"),
    "representative": N_("Representative"),
    "retention_years": N_("Years that documents are kept"),
    "reverses": N_("Takes back"),
    "role": N_("Role"),
    "row": N_("Row"),
    "rows": N_("Rows"),
    "rung": N_("Whose word"),
    "rules": N_("Rules"),
    "rules_against": N_("Rules against it"),
    "scan": N_("Virus scan"),
    "score": N_("Score"),
    "seals": N_("Seals"),
    "selected_by": N_("What decides which version holds"),
    "sequence": N_("Number of the seal"),
    "sha256": N_("SHA-256"),
    "shape": N_("Read as"),
    "size_bytes": N_("Bytes"),
    "slug": N_("Short name"),
    "stage": N_("Stage"),
    "state": N_("State"),
    "statement_prefix": N_("Statement numbers begin with"),
    "statements": N_("Statements"),
    "status": N_("Status"),
    "stop_id": N_("Stop"),
    "supervisor_first_percent": N_("First payment, supervisors, per cent"),
    "supervisor_points": N_("Points under the floor, supervisors"),
    "surplus_minor": N_("Paid too much"),
    "terms_days": N_("Payment terms, days"),
    "theme": N_("Colours"),
    "third_party": N_("Third party"),
    "time_zone": N_("Time zone"),
    "to_decide": N_("Pairs for a person to decide"),
    "totals": N_("Totals"),
    "unfinished_days": N_("Days that unfinished placements are kept"),
    "until": N_("Until"),
    "valid_until": N_("Open until"),
    "user": N_("Person"),
    "vat_minor": N_("VAT"),
    "vat_number": N_("VAT number"),
    "vat_rate": N_("VAT rate"),
    "vat_treatment": N_("VAT on fees"),
    "verdict": N_("Contact guard"),
    "version": N_("Version"),
    "waiting": N_("Waiting for a seal"),
    "warnings": N_("Warnings"),
    "withdrawn": N_("Earlier promises withdrawn"),
}

PERSONAL: Final[Mapping[str, str]] = {
    "address": N_("Address"),
    "address_before": N_("Address before"),
    "answer": N_("Answer"),
    "device": N_("Device"),
    "email": N_("E-mail"),
    "guarantor": N_("Guarantor"),
    "iban": N_("IBAN"),
    "iban_before": N_("IBAN before"),
    "name_before": N_("Name before"),
    "note": N_("Note"),
    "other_name": N_("Name of the other"),
    "payer": N_("Payer"),
    "phone": N_("Telephone"),
    "reason": N_("Reason"),
    "text": N_("Text"),
    "values_after": N_("Values"),
    "values_before": N_("Values before"),
}
"""Facts about people, and what people type: they lie apart (``personal=``), where they can be erased."""

CODES: Final = frozenset({
    ("case.held", "reason"),
    ("dispute.opened", "reason"),
    ("payment.reversed", "reason"),
    ("placement.recall_asked", "reason"),
    ("recall.asked", "reason"),
})  # fmt: skip
"""Of which actions a fact named like what people type is a code of ours, and stays among the others."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def action_word(action: str) -> str:
    """What was done, as it follows the name of who did it."""
    return translate(ACTIONS[action])


def subject_word(kind: str) -> str:
    """What it was done to."""
    return translate(SUBJECTS[kind][0])


def subject_page(kind: str, subject_id: object) -> str | None:
    """The page of what it was done to."""
    page = SUBJECTS[kind][1]
    return f"{page}{subject_id}" if page and subject_id else None


def fact_word(name: str) -> str:
    """The name of a fact; its code, where a release of another day wrote one that this one does not know."""
    words = FACTS.get(name) or PERSONAL.get(name)
    return translate(words) if words else name


def fact_text(name: str, value: object, currency: str = "", of: tuple[str, ...] = ()) -> str:
    """A fact's value as a reader sees it; amounts in ``currency``, moments in the viewer's zone.

    ``of`` is the action and the kind of its subject, which decide what some codes mean.
    """
    if (words := spoken(name, value, currency, of=of)) is not None:
        return words
    match value:
        case None | "":
            text = "—"
        case bool():
            text = translate("yes") if value else translate("no")
        case int() if name.endswith("_minor") and currency:
            text = formats.money(value, currency)
        case str() if _MOMENT.match(value):
            text = formats.when(datetime.fromisoformat(value))
        case str() if _DAY.fullmatch(value):
            text = formats.date_full(date.fromisoformat(value))
        case Mapping():
            text = "; ".join(_within(value, currency, of)) or "—"
        case list():
            text = ", ".join(fact_text(name, one, currency, of) for one in value) or "—"
        case _:
            text = str(value)
    return text


def _within(facts: Mapping[str, object], currency: str, of: tuple[str, ...]) -> Iterator[str]:
    """The facts within a fact. A currency above its figures says what they are in."""
    for name, value in facts.items():
        inner = name if re.fullmatch("[A-Z]{3}", name) else currency
        yield f"{fact_word(name)} {fact_text(name, value, inner, of)}"

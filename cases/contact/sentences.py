"""The sentence on top of a guard, and the one below it that says what follows."""

from datetime import datetime

from cases.contact.measures.persons import is_third_party
from cases.contact.question import Channel, Direction, Question
from cases.contact.rules import Verdict
from cases.contact.wording import Moment, Shape
from portal.pages.text import Text, say

_ALLOWED = {
    Channel.CALL: (say("You may call %(name)s now"), say("You may call now")),
    Channel.EMAIL: (say("You may e-mail %(name)s now"), say("You may e-mail now")),
    Channel.SMS: (say("You may send %(name)s a message now"), say("You may send a message now")),
    Channel.LETTER: (say("You may write to %(name)s now"), say("You may write now")),
    Channel.VISIT: (say("You may visit %(name)s now"), say("You may visit now")),
}

_NEXT = {
    Channel.CALL: say("After this call the next one is allowed %(at)s."),
    Channel.EMAIL: say("After this e-mail the next one is allowed %(at)s."),
    Channel.SMS: say("After this message the next one is allowed %(at)s."),
    Channel.LETTER: say("After this letter the next one is allowed %(at)s."),
    Channel.VISIT: say("After this visit the next one is allowed %(at)s."),
}


def allowed(question: Question) -> Text:
    """ "You may call Sabine Weber now", or that their own call can be logged."""
    if question.direction == Direction.INBOUND:
        if is_third_party(question.person):
            return say("They contacted us: log it, and say nothing about the debt to a third party")
        return say("They contacted us: it can be logged")
    named, unnamed = _ALLOWED[question.channel]
    return Text(named.msgid, {"name": question.person.name}) if question.person else unnamed


def follows(verdict: Verdict, question: Question, follows_at: datetime | None, *, release_known: bool) -> Text | None:
    """What comes after: the next contact when this one may be made, else the way out."""
    if verdict == Verdict.ALLOW:
        if follows_at is None:
            return None
        zone = question.places[0].zone if question.places else "UTC"
        return Text(_NEXT[question.channel].msgid, {"at": Moment(follows_at, zone, Shape.DAY)})
    if verdict == Verdict.BLOCK and release_known:
        return say("Nobody can override this rule; it ends by itself.")
    return _WAY_OUT[verdict]


_WAY_OUT = {
    Verdict.REASON: say("You may go on with a written reason, which is kept."),
    Verdict.REQUIRE: say("Add what is missing, then go on."),
    Verdict.HOLD: say("Nobody can override this; what it waits for releases it."),
    Verdict.BLOCK: say("Nobody can override this rule. A contact they make themselves can be logged."),
}

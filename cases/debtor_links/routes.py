"""The pages of pairs that may be one debtor, and what a person says of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.debtor_links.compare import match_placed  # noqa: F401 - registers the job
from cases.debtor_links.decide import Decision, decide
from cases.debtor_links.pairs import COUNTED, Match, count_waiting, find_match, list_matches
from portal.errors import Refused
from portal.pages.forms import Form, read_form
from portal.pages.links import as_query, id_in, narrowed
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.guards import needs

PATH = "/debtors/matches"
TOLD = {
    Decision.SAME: N_("They are one debtor now: contacts and stops count together."),
    Decision.DIFFERENT: N_("They are two debtors. No score will link them again."),
}


@get(PATH, guards=[needs("debtors.read")])
async def matches(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Pairs that wait for a person, or that were decided so."""
    query = request.query_params
    state, after = query.get("state", ""), id_in(query.get("after"))
    found, following = await list_matches(actor, _decision(state), after)
    return await _page(request, actor, found, state=state, after=after, following=following)


@get(PATH + "/{match_id:uuid}", guards=[needs("debtors.read")])
async def match(request: PageRequest, actor: NamedDependency[Actor], match_id: FromPath[UUID]) -> Response[Any]:
    """One pair."""
    return await _page(request, actor, [await find_match(actor, match_id)])


@post(PATH + "/{match_id:uuid}", guards=[needs("debtors.match")])
async def say(request: PageRequest, actor: NamedDependency[Actor], match_id: FromPath[UUID]) -> Response[Any]:
    """Say of a pair that they are one debtor, or two; then on with the list it was read in."""
    form = await read_form(request)
    try:
        decision = Decision(form.text("decision", required=True))
        await decide(
            actor, match_id, decision, seen=_decision(form.text("seen")), reason=form.text("reason", limit=500)
        )
    except ValueError:
        return await _again(request, actor, match_id, form, Refused(N_("Say whether they are one debtor or two.")))
    except Refused as refusal:
        return await _again(request, actor, match_id, form, refusal)
    place = as_query({"state": form.text("state"), "after": form.text("after")})
    return redirect(request, f"{PATH}?{place}" if place else PATH, TOLD[decision])


async def _again(request: PageRequest, actor: Actor, match_id: UUID, form: Form, refusal: Refused) -> Response[Any]:
    """The pair as it is now, with what speaks against what was said."""
    found = [await find_match(actor, match_id)]
    return await _page(request, actor, found, state=form.text("state"), form=form, refusal=refusal)


async def _page(
    request: PageRequest,
    actor: Actor,
    found: Sequence[Match],
    *,
    state: str = "",
    after: UUID | None = None,
    following: UUID | None = None,
    form: Form | None = None,
    refusal: Refused | None = None,
) -> Response[Any]:
    return render(
        request,
        "cases/debtor_matches.html",
        status=422 if refusal else 200,
        matches=found,
        state=state,
        after=after,
        following=following,
        waiting=await count_waiting(actor),
        most=COUNTED,
        typed=form.values() if form else {},
        refusal=refusal,
        link=narrowed(request, path=PATH),
    )


def _decision(text: str) -> Decision | None:
    return Decision(text) if text in set(Decision) else None


ROUTES = [matches, match, say]

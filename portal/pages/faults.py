"""How each error is answered: a page for people, problem details (RFC 9457) for systems."""

import logging
from typing import Any
from urllib.parse import quote, urlsplit

import asyncpg
from litestar import Request, Response
from litestar.exceptions import HTTPException

from portal.errors import Forbidden, NotFound, Refused, Unanswered, told
from portal.pages.rendering import here, render
from portal.pages.text import Text, speaking, translate
from portal.people.guards import SignInNeeded
from portal.storage.store import StoreAway
from portal.tenancy.request import is_claim_page, settle

log = logging.getLogger("portal")

PAGES = {401, 403, 404, 422, 429, 500, 503}
RETRY_SECONDS = 30


def is_system(request: Request[Any, Any, Any]) -> bool:
    """Whether a system asks, not a person."""
    return request.scope["path"].startswith("/api/")


def problem(status: int, title: str, *, code: str, detail: str = "", **extra: object) -> Response[dict[str, object]]:
    """Problem details: ``type`` carries the stable code."""
    body: dict[str, object] = {"type": f"about:blank#{code}", "title": title, "status": status, "code": code}
    if detail:
        body["detail"] = detail
    return Response({**body, **extra}, status_code=status, media_type="application/problem+json")


def fault(request: Request[Any, Any, Any], status: int, code: str, title: str, **context: Any) -> Response[Any]:
    """The answer for one kind of error."""
    if is_system(request):
        return problem(status, title, code=code, detail=str(context.get("detail", "")))
    template = f"portal/errors/{status if status in PAGES else 500}.html"
    return render(request, template, status=status, **context)


def not_found(request: Request[Any, Any, Any], _: Exception) -> Response[Any]:
    """404: never existed, or somebody else's."""
    return fault(request, 404, "not_found", "Not found")


def forbidden(request: Request[Any, Any, Any], _: Exception) -> Response[Any]:
    """403: this role may not."""
    return fault(request, 403, "forbidden", "Not allowed")


def refused(request: Request[Any, Any, Any], error: Refused) -> Response[Any]:
    """422: the rules say no. Forms catch their own refusals; this answers the rest."""
    if is_system(request):
        with speaking("en", "UTC"):
            detail = translate(error.message, **error.params)
        extra = {"field": error.field} if error.field else {}
        return problem(422, "Refused", code=error.code, detail=detail, **extra)
    return render(request, "portal/errors/422.html", status=422, message=Text(error.message, error.params))


def sign_in_needed(request: Request[Any, Any, Any], _: Exception) -> Response[Any]:
    """401 for systems and fragments; people are sent to the sign-in and come back afterwards, and a debtor is told to
    open the private link again. Nothing is kept of what the request did before: the session may have ended on the way.
    """
    settle(request.scope, commit=False)
    if is_system(request):
        response = problem(401, "A valid API key is needed", code="unauthorised")
        response.headers["WWW-Authenticate"] = "Bearer"
        return response
    if is_claim_page(request.scope["path"]):
        if request.headers.get("HX-Request"):
            return Response(None, status_code=401, headers={"HX-Redirect": "/claim"})
        return render(request, "portal/errors/visit_over.html", status=401)
    visitor = request.scope.get("visitor")
    if visitor is not None:
        target = "/login/code" if visitor.second_factor_due else "/choose"  # type: ignore[attr-defined]
    else:
        target = f"/login?next={quote(_place(request), safe='/')}"
    if request.headers.get("HX-Request"):
        return Response(None, status_code=401, headers={"HX-Redirect": target})
    return Response("", status_code=303, headers={"Location": target}, media_type="text/plain")


def _place(request: Request[Any, Any, Any]) -> str:
    """The page the visitor looks at; for a fragment or a form, the one that it is a part of."""
    if request.headers.get("HX-Request"):
        page = urlsplit(request.headers.get("HX-Current-URL", "/"))
        return f"{page.path}?{page.query}" if page.query else page.path or "/"
    return here(request)


def http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Errors of the framework: an unknown path or id that is no id, a wrong method, a body that cannot be read."""
    status = error.status_code
    if status in (404, 400) and not is_system(request):
        return not_found(request, error)
    code = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 429: "rate_limited"}
    return fault(request, status, code.get(status, "error"), error.detail or "Error", detail=error.detail)


def unreadable(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A text that no database can keep (a NUL in an address): answered as an id that is no id."""
    return http(request, HTTPException("The request holds a character that cannot be kept.", status_code=400))


def unanswered(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """503: database or storage do not answer. Everything may be sent again: what was done is not done twice."""
    log.warning("request %s was not answered: %s (%s)", request.scope.get("request_id"), type(error).__name__, error)
    detail = "A part of the portal does not answer. Try again later; what was done already is not done twice."
    answer = fault(request, 503, "unavailable", "Not available", detail=detail)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """500: our fault. The log has the request's id and where it went wrong; the answer has the id alone."""
    words = error if request.app.state.get("development", False) else None
    log.error("request %s failed: %s", request.scope.get("request_id"), told(error, lines=20), exc_info=words)
    reference = str(request.scope.get("request_id", ""))
    return fault(request, 500, "internal_error", "Something went wrong", detail=reference, reference=reference)


EXCEPTION_HANDLERS: Any = {
    NotFound: not_found,
    Forbidden: forbidden,
    Refused: refused,
    SignInNeeded: sign_in_needed,
    HTTPException: http,
    asyncpg.CharacterNotInRepertoireError: unreadable,
    Unanswered: unanswered,
    StoreAway: unanswered,
    Exception: unexpected,
}

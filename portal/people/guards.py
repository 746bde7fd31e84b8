"""Guards of routes: each names the permission it needs, or is listed as public by a test."""

from collections.abc import Callable
from typing import Any, cast

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from portal.people.actor import Actor
from portal.people.permissions import PERMISSIONS

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], None]


class SignInNeeded(Exception):
    """Nobody is signed in (401; a page sends to the sign-in instead)."""


def actor_of(connection: Connection) -> Actor:
    """The actor of a request.

    Raises:
        SignInNeeded: nobody is signed in, or no agency has been chosen.
    """
    actor = cast("Actor | None", connection.scope.get("actor"))
    if actor is None:
        raise SignInNeeded
    return actor


async def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """The actor, for handlers that name an ``actor`` argument."""
    return actor_of(request)


def needs(permission: str) -> Guard:
    """A guard that lets in whoever has ``permission``; its name is checked at once."""
    PERMISSIONS[permission]

    def guard(connection: Connection, _: BaseRouteHandler) -> None:
        actor_of(connection).require(permission)

    guard.permission = permission  # type: ignore[attr-defined]
    return guard


def signed_in(connection: Connection, _: BaseRouteHandler) -> None:
    """A guard that lets in anybody who is signed in."""
    actor_of(connection)


def visiting(connection: Connection, _: BaseRouteHandler) -> None:
    """A guard that lets in anybody whose session holds, agency chosen or not."""
    if connection.scope.get("visitor") is None:
        raise SignInNeeded

"""The ways in which the portal says no, and how an error of ours is told to operators."""

from traceback import extract_tb


class NotFound(Exception):
    """It never existed, or it is somebody else's: the answer is the same (404)."""


class Forbidden(Exception):
    """The actor may see this place but not do this (403)."""


class Refused(Exception):
    """The rules of the trade say no, and say why (422).

    ``message`` is an untranslated msgid marked with ``N_``; ``params`` fill its ``%(name)s`` places when it is shown.
    ``field`` names the form field it stands beside; ``code`` is stable, for machines.
    """

    status = 422

    def __init__(self, message: str, *, field: str | None = None, code: str | None = None, **params: object) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.field = field
        self.code = code or "refused"
        self.params = params


class NotNow(Refused):
    """It cannot be done while something does not answer; what was typed stays in its form, to be sent again (503)."""

    status = 503


class Unanswered(Exception):
    """Something that the portal needs (storage, mail server) does not answer at all: later it may (503)."""


def told(error: BaseException, lines: int = 6) -> str:
    """The kind of an error and the last ``lines`` it came through, without its words.

    Those may quote a debtor's data (PostgreSQL repeats the row it refuses), and operators see no tenant's data.
    """
    way = [
        f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)
    ]
    return f"{type(error).__name__} at {' < '.join(reversed(way[-lines:]))}"

"""Passwords: argon2id, and which ones are refused.

Parameters and rules follow the OWASP password storage cheat sheet and ASVS 5.0, 6.2: at least twelve characters of any
kind, no rules of composition, no common ones, none made of words that belong to the place it is for.
"""

import asyncio
import re
from collections.abc import Iterable
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from portal.errors import Refused
from portal.pages.text import N_

SHORTEST: Final = 12
LONGEST: Final = 128

_hasher: Final = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1, type=Type.ID)
_AT_ONCE: Final = 2
"""Each hash takes 46 MiB and a core: more than this many at once would only make all of them slower."""

# What no account hashes to: verified for accounts that do not exist, so that time tells nothing.
_DUMMY: Final = "$argon2id$v=19$m=47104,t=1,p=1$g8OuEIgxQdP6ynVUPqoXhA$QgEjuiFtGrjp8a7QrEcpem4Dn0F60yu1Z6dEZNoPtrs"

COMMON: Final = frozenset(
    """
    password passwort kennwort geheim secret letmein welcome willkommen bienvenue administrator admin qwerty qwertz
    qwertyuiop qwertzuiop asdfghjkl asdfgh zxcvbnm yxcvbnm azerty iloveyou woaini monkey dragon football baseball
    basketball superman batman starwars pokemon princess sunshine shadow master michael jordan harley ranger trustno
    hunter killer soccer hockey computer internet samsung google facebook whatever changeme default login guest test
    testing abc abcdef abcdefg abcdefgh abcdefghijkl summer winter spring autumn january february march april june
    july august september october november december monday tuesday wednesday thursday friday saturday sunday sommer
    herbst fruehling montag dienstag hallo hello schatz liebe blink nothing access mustang charlie andrew thomas
    jessica michelle ashley nicole daniel chelsea liverpool arsenal manchester bayern correcthorsebatterystaple
    thisismypassword mypassword mysecret yourpassword nopassword passphrase debt collection inkasso portal creditor
    """.split()  # noqa: SIM905 - a page of words reads better than a column
)
"""Words that most guessed passwords are built from. Compared without case, digits around them and the usual swaps."""

_KEYBOARD: Final = (
    "1234567890" * 3,
    "0987654321" * 3,
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "zxcvbnm",
    "yxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "q1w2e3r4t5y6u7i8o9p0",
    "1q2w3e4r5t6y7u8i9o0p",
    "123qweasdzxc",
    "147258369",
)
_SWAPS: Final = str.maketrans("013457@$!", "oieastasi")


def check_choice(password: str, context: Iterable[str] = (), field: str = "password") -> None:
    """Refuse a password that is easily guessed. ``context`` holds the names around it: agency, client, e-mail, person.

    Raises:
        Refused: it is too short, too long, common, or little more than a name everybody knows.
    """
    if len(password) < SHORTEST:
        raise Refused(N_("At least %(count)s characters."), field=field, code="too_short", count=SHORTEST)
    if len(password) > LONGEST:
        raise Refused(N_("At most %(limit)s characters."), field=field, code="too_long", limit=LONGEST)
    if is_common(password):
        raise Refused(
            N_("This password is among those tried first. Choose words that do not belong together."),
            field=field,
            code="common",
        )
    if _is_made_of(password, context):
        raise Refused(
            N_("This is too close to your name, your e-mail or the agency's name."), field=field, code="context"
        )


def is_common(password: str) -> bool:
    """Whether a password is a common word or keyboard run with decoration, or one thing repeated."""
    plain = password.lower()
    if len(set(plain)) <= 3 or _repeats(plain) or any(plain in run or plain in run[::-1] for run in _KEYBOARD):
        return True
    if _cover(plain, _KEYBOARD):
        return True
    for read in (plain, re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain).translate(_SWAPS)):
        letters = re.sub(r"[\W\d_]+", "", read)
        core = _once(letters)
        if core in COMMON or _is_chain(letters):
            return True
    return False


def _cover(plain: str, runs: tuple[str, ...]) -> bool:
    """Whether runs of at least four neighbours make up the whole."""
    at = 0
    while at < len(plain):
        length = next((n for n in range(len(plain) - at, 3, -1) if any(plain[at : at + n] in run for run in runs)), 0)
        if not length:
            return False
        at += length
    return True


def _repeats(plain: str) -> bool:
    return len(plain) > 1 and plain in (plain + plain)[1:-1]


def _once(letters: str) -> str:
    """``passwordpassword`` is ``password``."""
    for length in range(1, len(letters) // 2 + 1):
        if len(letters) % length == 0 and letters[:length] * (len(letters) // length) == letters:
            return letters[:length]
    return letters


def _is_chain(letters: str) -> bool:
    """Whether it is two common words and nothing else."""
    return any(letters[:cut] in COMMON and letters[cut:] in COMMON for cut in range(3, len(letters) - 2))


def _is_made_of(password: str, context: Iterable[str]) -> bool:
    """Whether fewer than six letters and digits remain when the words of the context are taken out."""
    rest = password.lower()
    words = {word for name in context for word in re.split(r"[\W_]+", name.lower()) if len(word) >= 2}
    words |= {re.sub(r"[\W_]+", "", name.lower()) for name in context}
    for word in sorted((word for word in words if len(word) >= 3 or not word.isascii()), key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != password.lower() and len(re.sub(r"[\W_]+", "", rest)) < 6


class _Slots:
    """The semaphore of each event loop: tests run several."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.slots = asyncio.Semaphore(_AT_ONCE)

    def get(self) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        if self.loop is not loop:
            self.loop, self.slots = loop, asyncio.Semaphore(_AT_ONCE)
        return self.slots


_waiting = _Slots()


async def hash_password(password: str) -> str:
    """What is kept of a password: argon2id with 46 MiB and a salt of its own. Takes about 60 ms in a thread."""
    async with _waiting.get():
        return await asyncio.to_thread(_hasher.hash, password)


async def is_right(password: str, password_hash: str | None) -> bool:
    """Whether a password is the one that was hashed. Takes as long when there is no hash to compare with."""
    async with _waiting.get():
        matches = await asyncio.to_thread(_verify, password, password_hash or _DUMMY)
    return matches and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with other parameters than today's and should be made anew."""
    return _hasher.check_needs_rehash(password_hash)


def _verify(password: str, password_hash: str) -> bool:
    try:
        return _hasher.verify(password_hash, password[: LONGEST * 4])
    except (VerificationError, InvalidHashError):
        return False

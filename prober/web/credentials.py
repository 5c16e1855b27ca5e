"""Who may look: secrets in a file, of which only hashes are kept in memory."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path

from prober.model.errors import UsageError

SHORTEST = 12
"""Characters of a secret: nothing here slows down whoever tries one after the other."""
_MOST_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class Credentials:
    """Secrets that open the door; none: everybody may look."""

    tokens: frozenset[bytes] = frozenset()
    """Hashes of bearer tokens."""
    logins: frozenset[bytes] = frozenset()
    """Hashes of `USER:PASSWORD`."""

    @property
    def wanted(self) -> bool:
        """Whether a secret has to be shown."""
        return bool(self.tokens or self.logins)

    def accept(self, header: str) -> bool:
        """Whether an Authorization header opens the door. A browser, which asks for a user and a
        password, may give a token as the password of any user."""
        if not self.wanted:
            return True
        scheme, _, given = header.partition(" ")
        given = given.strip()
        if scheme.lower() == "bearer":
            return _in(given, self.tokens)
        if scheme.lower() != "basic":
            return False
        try:
            login = base64.b64decode(given, validate=True).decode()
        except ValueError:  # not base64, or not text
            return False
        # Both are always asked, so that the time says nothing about which of them it was.
        as_login, as_token = _in(login, self.logins), _in(login.partition(":")[2], self.tokens)
        return as_login or as_token


def read_credentials(path: Path) -> Credentials:
    """The secrets in a file: a line each, a token or `USER:PASSWORD`; `#` begins a comment. Raises
    `UsageError` for a file without a secret and for a secret that is easily guessed."""
    lines = [line.strip() for line in _text(path).splitlines()]
    secrets = [line for line in lines if line and not line.startswith("#")]
    hint = "write a line with a token, as `openssl rand -hex 24` makes, or USER:PASSWORD"
    if not secrets:
        raise UsageError(f"{path} has no secret in it", hint=hint)
    for number, secret in enumerate(secrets, start=1):
        if len(secret.partition(":")[2] or secret) < SHORTEST:
            said = f"secret {number} of {path} has fewer than {SHORTEST} characters"
            raise UsageError(said, hint=hint)
    return Credentials(
        tokens=frozenset(_hash(secret) for secret in secrets if ":" not in secret),
        logins=frozenset(_hash(secret) for secret in secrets if ":" in secret),
    )


def _text(path: Path) -> str:
    # Agents read secrets too, and have no `prober.files`.
    try:
        with path.open("rb") as stream:
            return stream.read(_MOST_BYTES).decode()
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}", hint="check its permissions") from error


def _in(given: str, hashes: frozenset[bytes]) -> bool:
    """Every hash is compared, and in constant time."""
    mine = _hash(given)
    return sum(hmac.compare_digest(mine, known) for known in hashes) > 0


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()

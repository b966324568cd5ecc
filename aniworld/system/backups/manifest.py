"""The list of contents of a backup: what is in it, of when, and what proves it unchanged."""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from django.conf import settings
from django.utils.crypto import salted_hmac

from aniworld.system.backups.errors import BackupRefused

FORMAT = 1
LONGEST = 64 * 1024  # bytes
MOST_COUNTS = 100
_YEARS = range(2000, 3000)  # any time zone can show them
_SALT = "aniworld.system.backups"


@dataclass(frozen=True, slots=True)
class Part:
    """A file in the backup: its bytes unpacked, and their SHA-256."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """``newest_event``: the last event id that was given away when the backup was made."""

    version: str
    made_at: datetime
    kind: str
    database: str
    newest_event: int
    counts: dict[str, int]
    parts: dict[str, Part]
    installation: str = ""
    signature: str = field(default="", repr=False)

    @property
    def is_ours(self) -> bool:
        """Whether this installation made it, by its own word."""
        return hmac.compare_digest(self.installation, fingerprint())

    def signed(self) -> Self:
        plain = {**self._facts(), "installation": fingerprint(), "signature": ""}
        return type(self).of({**plain, "signature": _signature(plain)})

    def as_bytes(self) -> bytes:
        return json.dumps(self._facts(), indent=1, ensure_ascii=False).encode()

    def _facts(self) -> dict[str, Any]:
        return {"format": FORMAT, **asdict(self), "made_at": self.made_at.isoformat()}

    @classmethod
    def read(cls, content: bytes) -> Self:
        """Read and check a manifest.

        Raises:
            BackupRefused: it is none, of a later format, or one of ours that was changed.
        """
        try:
            facts = json.loads(content)
            number = facts["format"]
            if type(number) is int and number > FORMAT:
                raise BackupRefused(why="format", format=number, known=FORMAT)
            found = cls.of(facts)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise BackupRefused(why="foreign") from error
        said = found._facts() | {"signature": ""}
        if found.is_ours and not hmac.compare_digest(found.signature, _signature(said)):
            raise BackupRefused(why="signature")
        return found

    @classmethod
    def of(cls, facts: dict[str, Any]) -> Self:
        """Raises ``ValueError``, ``TypeError`` or ``KeyError`` for what is no manifest."""
        counts = {_text(name): _count(value) for name, value in facts["counts"].items()}
        parts = {
            _text(name): Part(_count(part["bytes"]), _text(part["sha256"]))
            for name, part in facts["parts"].items()
        }
        made_at = datetime.fromisoformat(facts["made_at"])
        is_known = made_at.tzinfo is not None and made_at.year in _YEARS
        if not is_known or max(len(counts), len(parts)) > MOST_COUNTS:
            raise ValueError("no manifest")
        return cls(
            version=_text(facts["version"]),
            made_at=made_at.astimezone(UTC),
            kind=_text(facts["kind"]),
            database=_text(facts["database"]),
            newest_event=_count(facts["newest_event"]),
            counts=counts,
            parts=parts,
            installation=_text(facts["installation"]),
            signature=_text(facts["signature"]),
        )


def fingerprint() -> str:
    """Tells installations apart, and nothing about the secret it is made from."""
    return salted_hmac(f"{_SALT}.installation", "", algorithm="sha256").hexdigest()[:16]


def _signature(facts: dict[str, Any]) -> str:
    plain = json.dumps(facts, sort_keys=True, ensure_ascii=True)
    return salted_hmac(_SALT, plain, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 200 or not value.isprintable():
        raise ValueError("no text of a manifest")
    return value


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError("no count")
    return value

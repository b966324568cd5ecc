"""What is said between a sender and its process."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from providers.coded import Coded

WEBHOOK, APPRISE = "WEBHOOK", "APPRISE"
# What a pipe holds: the sender never waits for its process to read.
MOST_BYTES = 60_000
MOST_ANSWERED = 8_000


@dataclass(frozen=True, slots=True)
class Job:
    """One message for one target.

    Attributes:
        kind: WEBHOOK or APPRISE.
        address: where to. A secret.
        signing_key: of a webhook; empty: it is not signed.
        id: the same for every try of one message.
        event: what it is about, in a word.
        title, body: of a webhook the body is the JSON that is sent.
        is_trial: only look whether the address can be used; nothing is sent.
    """

    kind: str
    address: str
    signing_key: str = ""
    id: str = ""
    event: str = ""
    title: str = ""
    body: str = ""
    is_trial: bool = False

    def encoded(self) -> bytes:
        """Raises ``ValueError`` where it is larger than may be sent."""
        line = json.dumps(asdict(self)).encode() + b"\n"
        if len(line) > MOST_BYTES:
            raise ValueError(f"a message of {len(line)} bytes")
        return line

    @classmethod
    def decoded(cls, line: bytes) -> Job:
        return cls(**json.loads(line))


@dataclass(frozen=True, slots=True)
class Answer:
    """How it went. ``error`` is None where the target took it; ``wait`` is how many seconds it asks
    to be left alone."""

    error: Coded | None = None
    wait: float = 0.0

    def encoded(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def decoded(cls, line: bytes) -> Answer:
        """Raises ``ValueError`` for what is no answer."""
        told: Any = json.loads(line)
        try:
            return cls(told["error"], float(told["wait"]))
        except (TypeError, KeyError) as error:
            raise ValueError("no answer") from error

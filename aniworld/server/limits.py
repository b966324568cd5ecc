"""How much of the server a stranger may hold, before anybody has asked who it is."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one connection and of all of an address.

    A connection *waits* from its beginning, or the end of its last answer, until a whole request
    has come.
    """

    header_seconds: float = 10.0  # from the first byte of a request to the end of its headers
    body_seconds: float = 30.0  # from there to the end of its body
    linger_seconds: float = 2.0  # how long what still comes is thrown away after a refusal
    answer_seconds: float = 60.0  # from the end of an answer until the client has taken it
    waiting_per_address: int = 64
    waiting: int = 512
    unread_per_address: int = 32  # of answers that are too large for the system to take at once
    unread: int = 128
    asking_per_address: int = 64  # requests that are answered at once; browsers send six
    open_body: int = 16 * KIB  # of addresses that are open without a login
    body: int = 1024 * KIB
    file: int = 2 * KIB * KIB * KIB  # of the addresses that take in a file, from who is logged in
    file_seconds: float = 1_800.0  # from the headers to the end of a file
    waiting_messages: int = 1000  # of a WebSocket, that have come and are not yet answered
    waiting_bytes: int = 4096 * KIB


# The addresses that are open without a login: accounts.middleware has the same, a test compares.
OPEN = frozenset(
    {
        *(
            b"/favicon.ico",
            b"/calendar.ics",
            b"/ping",
            b"/health",
            b"/health/ready",
            b"/setup",
            b"/login",
            b"/login/help",
        ),
        *(b"/api/setup", b"/api/auth/setup", b"/api/auth/login", b"/api/auth/status"),
    }
)
OPEN_PREFIXES = (b"/static/",)
# The addresses that take in a backup.
FILES = (b"/api/backups/upload", b"/system/backups/upload")


def body_limit(limits: Limits, path: bytes) -> int:
    """The most bytes the body of a request for ``path`` may have, whoever sends it.

    Args:
        path: as the request line has it, with the base path and a query.
    """
    path = _plain(path)
    is_open = path.endswith(tuple(OPEN)) or any(part in path for part in OPEN_PREFIXES)
    return limits.open_body if is_open else limits.body


def takes_file(path: bytes) -> bool:
    """Whether whoever is logged in may send a whole file there."""
    return _plain(path).endswith(FILES)


def _plain(path: bytes) -> bytes:
    return path.partition(b"?")[0].rstrip(b"/") or b"/"

"""Who may listen. The room knows no accounts: the functions are passed in by ``asgi.py``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Any, Protocol


class Visitor(Protocol):
    """Someone who has been let in, by way of one session or key.

    ``seconds`` is for how long that counts where nobody could say later that it does no more; None
    where ``StillValid`` can.
    """

    @property
    def user_id(self) -> str: ...

    @property
    def session_id(self) -> str: ...

    @property
    def seconds(self) -> float | None: ...


# Returns None for those who are to be sent away.
Authenticate = Callable[[dict[str, Any]], Awaitable[Visitor | None]]
# Returns those of the session ids that are still good: one query for all connections.
StillValid = Callable[[Collection[str]], Awaitable[Collection[str]]]

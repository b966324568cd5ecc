"""The transport under every request for a page: :mod:`providers.pools` for ``requests``."""

from __future__ import annotations

from typing import Any

from requests.adapters import HTTPAdapter

from providers.guard import AddressGuard
from providers.pools import GuardedPools


class GuardedAdapter(HTTPAdapter):
    """A requests adapter whose connections all pass ``guard``. Never uses a proxy: what a proxy
    connects to cannot be checked from here."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard
        super().__init__()

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any
    ) -> None:
        self.poolmanager = GuardedPools(
            self._guard, num_pools=connections, maxsize=maxsize, block=block, **pool_kwargs
        )

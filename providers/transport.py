"""The transport under every request for a page: :mod:`providers.pools` for ``requests``."""

from __future__ import annotations

from typing import Any

from requests.adapters import HTTPAdapter

from providers.guard import AddressGuard
from providers.pools import GuardedPools
from providers.tunnels import Proxy


class GuardedAdapter(HTTPAdapter):
    """A requests adapter whose connections all pass ``guard``, through ``proxy`` where there is
    one. Never uses one of the environment."""

    def __init__(self, guard: AddressGuard, proxy: Proxy | None = None) -> None:
        self._guard = guard
        self._proxy = proxy
        super().__init__()

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any
    ) -> None:
        self.poolmanager = GuardedPools(
            self._guard,
            proxy=self._proxy,
            num_pools=connections,
            maxsize=maxsize,
            block=block,
            **pool_kwargs,
        )

"""What a room registers, but only where somebody asks for it.

Every process sets up every app; a scan shows no page and undoes nothing. So apps name the modules
that register something, and those are loaded when the first one asks.
"""

from __future__ import annotations

from importlib import import_module
from threading import RLock


class Later:
    """Modules with a function ``register()`` that is called once, before the first use."""

    def __init__(self) -> None:
        self._modules: list[str] = []
        self._lock = RLock()

    def add(self, module: str) -> None:
        """Let ``module.register()`` be called at the next use. For ``AppConfig.ready()``."""
        self._modules.append(module)

    def load(self) -> None:
        """Register what is still to be registered."""
        if self._modules:
            with self._lock:
                while self._modules:
                    import_module(self._modules[0]).register()
                    del self._modules[0]  # after it: others wait until all is there

from __future__ import annotations

from tests.unit.visiting import _own_data, library, visitor

__all__ = ["_own_data", "library", "visitor"]

"""Taking back what the journal says was done to the configuration."""

from __future__ import annotations

from aniworld.config import services
from aniworld.journal.services import register_undo


def register() -> None:
    register_undo(services.UNDO, services.take_back)

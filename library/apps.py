from typing import Any

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "library"

    def ready(self) -> None:
        from aniworld.config.menu import places  # noqa: PLC0415 - models are ready only now
        from aniworld.events.rooms import Room, register_snapshot  # noqa: PLC0415 - models are ready only now
        from aniworld.journal.services import undoing  # noqa: PLC0415 - as above
        from aniworld.web import advice  # noqa: PLC0415 - as above
        from aniworld.web.texts import register  # noqa: PLC0415 - as above
        from library import entries  # noqa: PLC0415 - as above
        from library.errors import ADVICE, LibraryError, ListShrank  # noqa: PLC0415 - as above
        from library.texts import TEXTS  # noqa: PLC0415 - as above

        register(LibraryError.all_texts())
        advice.register(ADVICE, ListShrank)
        register(TEXTS)
        register_snapshot(Room.SCAN_PROGRESS, _scan)
        register_snapshot(Room.ERROR_PROGRESS, _waiting)
        register(entries.TEXTS)
        undoing.add("library.undoing")
        undoing.add("library.recycling.undoing")
        places.add("library.pages.places")


def _scan() -> dict[str, Any]:
    """Loaded by the web process alone, when a browser joins."""
    from library.services.operations import snapshot  # noqa: PLC0415

    return snapshot()


def _waiting() -> dict[str, Any]:
    from library.services.losses import waiting  # noqa: PLC0415

    return {"waiting": waiting()}

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "library"

    def ready(self) -> None:
        from aniworld.events.rooms import Room, register_snapshot  # noqa: PLC0415 - models are ready only now
        from aniworld.web.texts import register  # noqa: PLC0415 - as above
        from library import entries, undoing  # noqa: PLC0415 - as above
        from library.errors import LibraryError  # noqa: PLC0415 - as above
        from library.services.operations import snapshot  # noqa: PLC0415 - as above
        from library.texts import TEXTS  # noqa: PLC0415 - as above

        register(LibraryError.all_texts())
        register(TEXTS)
        register_snapshot(Room.SCAN_PROGRESS, snapshot)
        register(entries.TEXTS)
        undoing.register()

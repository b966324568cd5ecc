from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "library"

    def ready(self) -> None:
        from aniworld.events.rooms import Room, register_snapshot  # noqa: PLC0415 - models are ready only now
        from library.services.operations import snapshot  # noqa: PLC0415 - as above

        register_snapshot(Room.SCAN_PROGRESS, snapshot)

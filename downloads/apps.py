"""The queue: what waits, the worker that takes it, the transfer that fetches it."""

from django.apps import AppConfig


class DownloadsConfig(AppConfig):
    name = "downloads"

    def ready(self) -> None:
        from aniworld.events.rooms import (  # noqa: PLC0415 (models first)
            Room,
            register_late,
            register_snapshot,
        )
        from downloads import rooms  # noqa: PLC0415 - models are ready only now

        register_snapshot(Room.DOWNLOADS, rooms.downloads)
        register_snapshot(Room.DOWNLOAD_PROGRESS, rooms.download_progress)
        for event in rooms.WITH_QUEUE_STATUS:
            register_late(event, "queue_status", rooms.downloads)

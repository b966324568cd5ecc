"""The queue: what waits, the worker that takes it, the transfer that fetches it."""

from django.apps import AppConfig


class DownloadsConfig(AppConfig):
    name = "downloads"

    def ready(self) -> None:
        from aniworld.events.rooms import Room, register_snapshot
        from downloads import rooms

        register_snapshot(Room.DOWNLOADS, rooms.downloads)
        register_snapshot(Room.DOWNLOAD_PROGRESS, rooms.download_progress)

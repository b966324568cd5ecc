from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "aniworld.events"
    label = "events"

    def ready(self) -> None:
        from aniworld.events import progress  # noqa: PLC0415 (needs the models)

        progress.register_snapshots()

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "aniworld.events"
    label = "events"

    def ready(self) -> None:
        from aniworld.events import progress  # noqa: PLC0415 (needs the models)
        from aniworld.events.errors import EventsError  # noqa: PLC0415
        from aniworld.web.texts import register  # noqa: PLC0415

        register(EventsError.all_texts())
        progress.register_snapshots()

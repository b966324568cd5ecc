from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "aniworld.config"
    label = "config"

    def ready(self) -> None:
        # All of it needs apps that are ready.
        from aniworld.config import entries  # noqa: PLC0415 (apps first)
        from aniworld.config.errors import ConfigError  # noqa: PLC0415
        from aniworld.config.menu import places  # noqa: PLC0415
        from aniworld.config.texts import FIELDS  # noqa: PLC0415
        from aniworld.journal.services import undoing  # noqa: PLC0415
        from aniworld.rhythm.errors import RhythmUnreadable  # noqa: PLC0415
        from aniworld.web.texts import register  # noqa: PLC0415

        register({**FIELDS, **RhythmUnreadable.all_texts()})
        register({**ConfigError.all_texts(), **entries.TEXTS})
        undoing.add("aniworld.config.undoing")
        places.add("aniworld.config.pages.places")

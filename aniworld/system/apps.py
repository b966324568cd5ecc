from django.apps import AppConfig


class SystemConfig(AppConfig):
    name = "aniworld.system"
    label = "system"

    def ready(self) -> None:
        from aniworld.web.errors import DatabaseUnusable  # noqa: PLC0415 - apps first
        from aniworld.web.texts import register  # noqa: PLC0415 - as above

        register(DatabaseUnusable.all_texts())

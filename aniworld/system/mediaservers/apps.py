from django.apps import AppConfig


class MediaServersConfig(AppConfig):
    name = "aniworld.system.mediaservers"
    label = "mediaservers"

    def ready(self) -> None:
        from aniworld.config.menu import places  # noqa: PLC0415 - apps first
        from aniworld.system.mediaservers.errors import MediaServerError  # noqa: PLC0415 - as above
        from aniworld.web.texts import register  # noqa: PLC0415 - as above

        register(MediaServerError.all_texts())
        places.add("aniworld.system.mediaservers.pages.places")

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "aniworld.system.notifications"
    label = "notifications"

    def ready(self) -> None:
        from aniworld.config.menu import places  # noqa: PLC0415 - apps first
        from aniworld.system.notifications import entries  # noqa: PLC0415 - as above
        from aniworld.system.notifications.errors import (  # noqa: PLC0415 - as above
            NotificationError,
        )
        from aniworld.system.notifications.texts import TEXTS  # noqa: PLC0415 - as above
        from aniworld.system.notifications.wire.errors import NotSent  # noqa: PLC0415 - as above
        from aniworld.web.texts import register  # noqa: PLC0415 - as above

        register({**NotificationError.all_texts(), **NotSent.all_texts(), **entries.TEXTS, **TEXTS})
        places.add("aniworld.system.notifications.pages.places")

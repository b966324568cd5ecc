from django.apps import AppConfig


class ScheduleConfig(AppConfig):
    name = "aniworld.system.schedule"
    label = "schedule"

    def ready(self) -> None:
        from aniworld.config.menu import places  # noqa: PLC0415 - apps first
        from aniworld.system.schedule import entries  # noqa: PLC0415 - apps first
        from aniworld.system.schedule.errors import ScheduleError  # noqa: PLC0415 - as above
        from aniworld.system.schedule.texts import TEXTS  # noqa: PLC0415 - as above
        from aniworld.web.texts import register  # noqa: PLC0415 - as above

        register({**ScheduleError.all_texts(), **entries.TEXTS, **TEXTS})
        places.add("aniworld.system.schedule.pages.places")

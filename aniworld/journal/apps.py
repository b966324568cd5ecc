from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "aniworld.journal"
    label = "journal"

    def ready(self) -> None:
        from aniworld.journal import entries  # noqa: PLC0415 - as in every room
        from aniworld.journal.errors import JournalError  # noqa: PLC0415 - as in every room
        from aniworld.web import texts  # noqa: PLC0415

        texts.register({**JournalError.all_texts(), **entries.TEXTS})

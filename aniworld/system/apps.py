from django.apps import AppConfig


class SystemConfig(AppConfig):
    name = "aniworld.system"
    label = "system"

    def ready(self) -> None:
        from aniworld.database import waiting  # noqa: PLC0415 - apps first
        from aniworld.system import entries, kinds  # noqa: PLC0415 - as above
        from aniworld.system.backups import entries as backup_entries  # noqa: PLC0415 - as above
        from aniworld.system.backups.errors import BackupError  # noqa: PLC0415 - as above
        from aniworld.system.errors import SystemRoomError  # noqa: PLC0415 - as above
        from aniworld.web.errors import DatabaseUnusable  # noqa: PLC0415 - as above
        from aniworld.web.texts import register  # noqa: PLC0415 - as above

        waiting.bound()
        register(
            {
                **DatabaseUnusable.all_texts(),
                **SystemRoomError.all_texts(),
                **kinds.texts(),
                **entries.TEXTS,
                **BackupError.all_texts(),
                **backup_entries.TEXTS,
            }
        )

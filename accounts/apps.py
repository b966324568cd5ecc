from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import entries, texts  # noqa: PLC0415 - apps first
        from accounts.errors import AccountError  # noqa: PLC0415 - as above
        from aniworld.web.rights import NotAllowed  # noqa: PLC0415 - as above
        from aniworld.web.texts import register  # noqa: PLC0415 - as above

        register(AccountError.all_texts())
        register(NotAllowed.all_texts())
        register(texts.TEXTS)
        register(entries.TEXTS)

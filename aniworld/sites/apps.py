from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "aniworld.sites"
    label = "sites"

    def ready(self) -> None:
        from aniworld.web.texts import register  # noqa: PLC0415 (apps first)
        from providers.errors import ProviderError  # noqa: PLC0415

        register(ProviderError.all_texts())

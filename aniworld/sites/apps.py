from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "aniworld.sites"
    label = "sites"

    def ready(self) -> None:
        from aniworld.config.menu import places  # noqa: PLC0415 (apps first)
        from aniworld.sites import entries  # noqa: PLC0415 (apps first)
        from aniworld.sites.errors import HoldNotFound  # noqa: PLC0415
        from aniworld.web.texts import register  # noqa: PLC0415
        from providers.errors import ProviderError  # noqa: PLC0415

        places.add("aniworld.sites.pages.places")
        register({**ProviderError.all_texts(), **HoldNotFound.all_texts(), **entries.TEXTS})

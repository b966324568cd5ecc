from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "aniworld.sites"
    label = "sites"

    def ready(self) -> None:
        from aniworld.config.menu import places  # noqa: PLC0415 (apps first)
        from aniworld.sites import entries  # noqa: PLC0415 (apps first)
        from aniworld.sites.advice import ADVICE  # noqa: PLC0415 (apps first)
        from aniworld.sites.errors import HoldNotFound, RestNotFound  # noqa: PLC0415 (apps first)
        from aniworld.web import advice  # noqa: PLC0415 - apps first
        from aniworld.web.texts import register  # noqa: PLC0415
        from providers.errors import ProviderError  # noqa: PLC0415

        advice.register(ADVICE, ProviderError)
        places.add("aniworld.sites.pages.places")
        refusals = {**HoldNotFound.all_texts(), **RestNotFound.all_texts()}
        register({**ProviderError.all_texts(), **refusals, **entries.TEXTS})

from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "aniworld.sites"
    label = "sites"

    def ready(self) -> None:
        from aniworld.config.menu import places  # noqa: PLC0415 (apps first)
        from aniworld.sites import entries  # noqa: PLC0415 (apps first)
        from aniworld.sites.advice import ADVICE  # noqa: PLC0415 (apps first)
        from aniworld.sites.errors import REFUSALS  # noqa: PLC0415 (apps first)
        from aniworld.web import advice  # noqa: PLC0415 - apps first
        from aniworld.web.texts import register  # noqa: PLC0415
        from providers.errors import ProviderError  # noqa: PLC0415

        advice.register(ADVICE, ProviderError)
        places.add("aniworld.sites.pages.places")
        refusals = {key: text for kind in REFUSALS for key, text in kind.all_texts().items()}
        register({**ProviderError.all_texts(), **refusals, **entries.TEXTS})

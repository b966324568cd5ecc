from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "aniworld.sites"
    label = "sites"

    def ready(self) -> None:
        from aniworld.config.menu import places  # noqa: PLC0415 (apps first)
        from aniworld.sites import configured, entries  # noqa: PLC0415 (apps first)
        from aniworld.sites.advice import ADVICE  # noqa: PLC0415 (apps first)
        from aniworld.sites.errors import REFUSALS  # noqa: PLC0415 (apps first)
        from aniworld.web import advice  # noqa: PLC0415 - apps first
        from aniworld.web.texts import call_sites, register  # noqa: PLC0415 (apps first)
        from providers.errors import ProviderError  # noqa: PLC0415

        advice.register(ADVICE, ProviderError)
        places.add("aniworld.sites.pages.places")
        refusals = {key: text for kind in REFUSALS for key, text in kind.all_texts().items()}
        call_sites(configured.labels_if_readable)
        register({**ProviderError.all_texts(), **refusals, **entries.TEXTS})

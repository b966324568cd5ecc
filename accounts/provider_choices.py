"""The providers an owner can choose from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    name: str
    label: str
    description: str


def provider_choices() -> list[ProviderChoice]:
    """Return every registered provider in the registry's order."""
    from providers import registry

    return [
        ProviderChoice(site.name, site.label, site.description) for site in registry.site_kinds()
    ]

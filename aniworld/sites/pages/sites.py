"""The sites as their settings show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aniworld.config.codec import plain
from aniworld.config.description import Group, Named
from aniworld.config.hiding import shown_address
from aniworld.config.listing import Listed
from aniworld.config.masking import masked
from aniworld.config.menu import MenuEntry, menu
from aniworld.config.pages.sections import SectionPage
from aniworld.config.sections import section
from aniworld.sites.health.services import JUDGED_OVER, Service, services
from aniworld.sites.pages.health import TONES, WORDS
from aniworld.sites.services import Provider, providers

# The order is set on the page of all sites, and what an added site is where it is added.
_ELSEWHERE = ("position", "provider", "label", "definition")


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One site. ``service`` is how it answers; None of one that is off."""

    site: Provider
    service: Service | None

    @property
    def address(self) -> str:
        """Where it is, without what lets somebody in."""
        return shown_address(self.site.settings.base_url or self.site.entry.base_url)

    @property
    def word(self) -> str:
        return str(WORDS[self.service.health]) if self.service else ""

    @property
    def tone(self) -> str:
        return TONES.get(self.service.health, "") if self.service else ""

    @property
    def failure(self) -> str:
        """Why it failed last, where it has not answered since."""
        failed = self.service.last_failure if self.service else None
        return failed.error["text"] if failed and failed.error else ""


@dataclass(frozen=True, slots=True)
class SitesPage:
    """All sites there are, in their order."""

    here: str
    rows: Sequence[SiteRow]

    @property
    def menu(self) -> list[MenuEntry]:
        return menu(self.here)


@dataclass(frozen=True, slots=True)
class SitePage(SectionPage):
    """One site."""

    site: Provider

    @property
    def title(self) -> str:
        return self.site.entry.label


def sites_page(here: str) -> SitesPage:
    known = {one.name: one for one in services(JUDGED_OVER) if one.is_site}
    return SitesPage(here, [SiteRow(one, known.get(one.entry.name)) for one in providers()])


def settings_of(provider: Provider) -> list[Listed]:
    """What can be set of a site."""
    group, values = _group(), plain(provider.settings)
    return [
        Listed(
            section("providers"),
            member,
            f"providers.sites.{provider.entry.name}.{name}",
            masked(values[name], name),
            masked(plain(member.default), name),
        )
        for name, member in group.members.items()
        if name not in _ELSEWHERE
    ]


def _group() -> Group:
    sites = section("providers").members["sites"].shape
    assert isinstance(sites, Named)  # noqa: S101 - the schema says so
    assert isinstance(sites.entry, Group)  # noqa: S101 - as above
    return sites.entry

"""The order of languages and hosters: which are wanted, and which first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aniworld.config import services
from aniworld.config.menu import MenuEntry, menu
from aniworld.config.pages.library import moved
from aniworld.config.schema import Config, ProviderSettings
from aniworld.web.display import language
from providers.base import HOSTER_LABELS, HOSTER_NAMES, Language

LISTS = {"languages": tuple(str(one) for one in Language), "hosters": tuple(HOSTER_NAMES)}


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One entry. ``place`` is its place among those that are wanted; None for one that is not."""

    value: str
    label: str
    place: int | None


@dataclass(frozen=True, slots=True)
class OrderedList:
    """One of the two lists."""

    name: str
    chosen: Sequence[str]

    @property
    def rows(self) -> list[ChoiceRow]:
        wanted = [ChoiceRow(one, _shown(one), at) for at, one in enumerate(self.chosen)]
        known = {one.casefold() for one in self.chosen}
        return wanted + [
            ChoiceRow(one, _shown(one), None)
            for one in LISTS[self.name]
            if one.casefold() not in known
        ]

    @property
    def last(self) -> int:
        return len(self.chosen) - 1

    @property
    def is_default(self) -> bool:
        return tuple(self.chosen) == tuple(getattr(ProviderSettings(), self.name))


@dataclass(frozen=True, slots=True)
class LanguagesPage:
    here: str
    languages: OrderedList
    hosters: OrderedList

    @property
    def menu(self) -> list[MenuEntry]:
        return menu(self.here)


def _shown(entry: str) -> str:
    """A hoster or a language as people call it."""
    return HOSTER_LABELS.get(entry.casefold()) or language(entry)


def languages_page(here: str, config: Config) -> LanguagesPage:
    chosen = config.providers
    return LanguagesPage(
        here, OrderedList("languages", chosen.languages), OrderedList("hosters", chosen.hosters)
    )


def set_order(name: str, entries: Sequence[str]) -> Config:
    """Want these entries of a list, in this order. Raises as ``services.edit``."""
    return services.edit({"providers": {name: list(dict.fromkeys(entries))}})


def reordered(entries: Sequence[str], action: str) -> list[str]:
    """What a button beside an entry makes of the list.

    Args:
        action: ``up:German Dub``, ``down:…``; empty for the list as it is.
    """
    verb, _, entry = action.partition(":")
    steps = {"up": -1, "down": 1}
    return moved(list(entries), entry, steps[verb]) if verb in steps else list(entries)

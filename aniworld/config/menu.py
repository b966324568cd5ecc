"""The pages of the settings.

A room names its module in ``AppConfig.ready()`` by ``places.add(…)``; the module's ``register()``
calls :func:`add` when the menu is first shown.
"""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext

from aniworld.config.sections import sections
from aniworld.web.later import Later


class Place(NamedTuple):
    """A page of the settings.

    Attributes:
        name: of its address, ``settings-…``.
        label: in English, marked for translation where it stands.
        icon: of Font Awesome.
        covers: the sections that are set there; they get no page of their own.
        order: where it stands among the others.
    """

    name: str
    label: str
    icon: str
    order: int
    covers: tuple[str, ...] = ()


class MenuEntry(NamedTuple):
    label: str
    icon: str
    address: str
    is_here: bool


SECTION_PAGE = "settings-section"
_LAST = 1000
_ICONS = {"downloads": "fa-download", "logging": "fa-file-lines", "advanced": "fa-sliders"}
_PLAIN = "fa-gear"
_ORDER = {"downloads": 50, "advanced": _LAST}
_places: dict[str, Place] = {}
places = Later()  # the modules that add pages


def add(place: Place) -> None:
    """Let a page stand in the menu of the settings."""
    _places[place.name] = place


def menu(here: str) -> list[MenuEntry]:
    """All pages in their order. Args: here: the address the visitor is at."""
    found = [(one.order, _entry(one.label, one.icon, reverse(one.name), here)) for one in _pages()]
    covered = {name for place in _pages() for name in place.covers}
    for at, one in enumerate(sections()):
        if one.name not in covered:
            address = reverse(SECTION_PAGE, args=[one.name])
            icon = _ICONS.get(one.name, _PLAIN)
            order = _ORDER.get(one.name, 500 + at)
            found.append((order, _entry(one.label, icon, address, here)))
    entries = [entry for _, entry in sorted(found, key=lambda pair: pair[0])]
    # A page may lie below another one: the nearest is the one where the visitor is.
    nearest = max((len(one.address) for one in entries if one.is_here), default=0)
    return [one._replace(is_here=one.is_here and len(one.address) == nearest) for one in entries]


def _pages() -> list[Place]:
    places.load()
    return list(_places.values())


def _entry(label: str, icon: str, address: str, here: str) -> MenuEntry:
    is_here = here == address or here.startswith(f"{address}/")
    return MenuEntry(gettext(label), icon, address, is_here)

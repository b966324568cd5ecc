"""What a series prefers, as lists with places: the first choice, the second, and so on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from aniworld.web import display
from library.models import AnimeSeries
from providers.base import HOSTER_LABELS, Language

PLACES = 5


@dataclass(frozen=True, slots=True)
class Place:
    """One choice of a list. ``label`` says which to those who do not see the row."""

    label: str
    chosen: str


@dataclass(frozen=True, slots=True)
class PreferenceList:
    """The languages or the hosters of a series. ``options`` are pairs of value and words."""

    name: str
    title: str
    places: Sequence[Place]
    options: Sequence[tuple[str, str]]


def preference_lists(series: AnimeSeries) -> list[PreferenceList]:
    """The languages and the hosters; what is chosen is offered even where nothing knows it now."""
    languages = {str(one): display.language(one) for one in Language}
    own = {name: display.language(name) for name in series.languages}
    return [
        _list("languages", _("Languages"), series.languages, languages | own),
        _list(
            "hosters",
            _("Hosters"),
            series.hosters,
            HOSTER_LABELS | {name: name for name in series.hosters if name not in HOSTER_LABELS},
        ),
    ]


def _list(name: str, title: str, chosen: Sequence[str], options: dict[str, str]) -> PreferenceList:
    filled = [*chosen, *[""] * max(PLACES - len(chosen), 0)]
    places = [
        Place(_("%(what)s, choice %(place)d") % {"what": title, "place": place}, value)
        for place, value in enumerate(filled, start=1)
    ]
    return PreferenceList(name, title, places, list(options.items()))

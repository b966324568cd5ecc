"""The face of a series on a page: its cover, or its initials on a colour of its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from library.models import AnimeSeries, CatalogueEntry
from library.services.covers import WIDTHS, cover_version

COLOURS = 8  # as many as static/css/components/poster.css has


@dataclass(frozen=True, slots=True)
class Picture:
    """``address`` and ``sharp_address`` (twice as wide) are empty where there is no cover."""

    name: str
    key: str
    address: str = ""
    sharp_address: str = ""

    @property
    def initials(self) -> str:
        """The first letters of the first two words."""
        words = [word for word in self.name.split() if word[0].isalnum()]
        return "".join(word[0] for word in words[:2]).upper() or "?"

    @property
    def colour(self) -> int:
        """The same one for ever."""
        return sum(self.key.encode()) % COLOURS


def picture_of(series: AnimeSeries) -> Picture:
    version = cover_version(series)
    if not version:
        return Picture(series.name, series.key)
    plain = reverse("cover", args=[series.pk])
    sharp = reverse("cover-width", args=[series.pk, WIDTHS[-1]])
    return Picture(series.name, series.key, f"{plain}?v={version}", f"{sharp}?v={version}")


def picture_listed(entry: CatalogueEntry) -> Picture:
    """Of what a site lists: its cover is kept in one width."""
    version = cover_version(entry)
    if not version:
        return Picture(entry.name, entry.key)
    address = f"{reverse('listed-cover', args=[entry.pk])}?v={version}"
    return Picture(entry.name, entry.key, address, address)

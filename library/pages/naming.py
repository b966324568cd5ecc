"""The naming template: what it makes of the owner's own series, and templates to begin with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Min
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from aniworld.config.checks import NamingTemplate
from aniworld.config.listing import Listed, listed
from aniworld.config.pages.sections import SectionPage
from aniworld.config.schema import DEFAULT_NAMING, Config
from aniworld.web.texts import text
from library.models import AnimeSeries, Episode
from library.naming.layout import target_path
from library.naming.template import EpisodeName
from library.services.filenames import episode_name
from library.services.settle import numberings_of

FIELD = "downloads.naming_template"
SHOWN = 5
LONGEST_TEMPLATE = 1000  # characters; a longer one is refused before it is tried

# Shown where the library is empty.
_SAMPLES = (
    EpisodeName("Mushishi", 1, 4, "The Pillow Pathway", 2005, key="mushishi", absolute=4),
    EpisodeName("Kino's Journey", 2, 3, "", 2003, key="kinos-journey", absolute=16),
    EpisodeName("Monster", 0, 1, "A Special", None, "English Sub", key="monster"),
)


@dataclass(frozen=True, slots=True)
class Preset:
    """A template that a media server reads well."""

    label: str
    template: str


PRESETS = (
    Preset(_("Jellyfin"), DEFAULT_NAMING),
    Preset(
        _("Plex"),
        "{name} ({year})/Season {season:02}/{name} ({year}) - s{season:02}e{episode:02} - {title}",
    ),
    Preset(_("Kodi"), "{name} ({year})/Season {season}/{name} S{season:02}E{episode:02} - {title}"),
    Preset(_("Absolute numbers"), "{name} ({year})/{name} - {absolute:03} - {title}"),
    Preset(
        _("Without season folders"), "{name} ({year})/{name} - S{season:02}E{episode:02} - {title}"
    ),
)


@dataclass(frozen=True, slots=True)
class PresetRow:
    label: str
    template: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One episode, and where its file would go."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class NamingPage(SectionPage):
    """The template as it is typed, and what it makes."""

    template: str

    @property
    def title(self) -> str:
        return gettext("File names")

    @property
    def problems(self) -> list[str]:
        if len(self.template) > LONGEST_TEMPLATE:
            return [gettext("Must not be longer than %d characters.") % LONGEST_TEMPLATE]
        found = NamingTemplate().problems(self.template)
        return [text(one.code, one.params) for one in found]

    @property
    def preview(self) -> list[PreviewRow]:
        """Nothing where the template is wrong."""
        if self.problems:
            return []
        return [
            PreviewRow(one.name, str(target_path(self.template, one, extension=".mp4")))
            for one in _episodes()
        ]

    @property
    def presets(self) -> list[PresetRow]:
        return [
            PresetRow(gettext(one.label), one.template, one.template == self.template)
            for one in PRESETS
        ]


def naming_setting(config: Config) -> list[Listed]:
    return [one for one in listed(config) if one.field == FIELD]


def _episodes() -> Sequence[EpisodeName]:
    return list(_own()) or _SAMPLES


def _own() -> Iterator[EpisodeName]:
    """The first episode of some series of the owner's own."""
    series = AnimeSeries.objects.active().annotate(first=Min("episodes__pk"))
    wanted = series.filter(first__isnull=False).order_by("name").values_list("first", flat=True)
    episodes = Episode.objects.select_related("series").in_bulk(list(wanted[:SHOWN]))
    numberings = numberings_of([episode.series_id for episode in episodes.values()])
    for episode in sorted(episodes.values(), key=lambda one: one.series.name):
        yield episode_name(
            episode.series,
            (episode.season, episode.episode_number),
            numbering=numberings[episode.series_id],
            title=episode.title,
        )

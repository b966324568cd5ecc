"""What the name of an episode's file is made from: for a download, a renaming and a preview."""

from __future__ import annotations

from library.models import AnimeSeries
from library.naming.template import EpisodeName
from library.services.numbering import Number, Numbering


def episode_name(
    series: AnimeSeries,
    number: Number,
    *,
    numbering: Numbering,
    title: str,
    language: str = "",
    usual: str = "",
) -> EpisodeName:
    """The parts of a name, numbered as the library counts.

    Args:
        number: the catalogue's season and episode.
        numbering: the series' own, with what the catalogue lists of it.
        language: of the file.
        usual: the owner's first choice, which is not named.
    """
    season, episode = numbering.library_number(*number)
    return EpisodeName(
        name=series.name,
        year=series.year,
        season=season,
        episode=episode,
        title=title,
        language="" if language == usual else language,
        key=series.key,
        absolute=numbering.absolute_number(*number),
    )

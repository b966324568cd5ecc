"""The page that says why an episode has its state."""

from __future__ import annotations

from dataclasses import dataclass

from aniworld.web import display
from library.models import AnimeSeries, Episode
from library.services.evidence import Evidence, EvidenceFile, evidence_row


@dataclass(frozen=True, slots=True)
class WhyFile:
    """One file as people read it. ``row`` is the API's."""

    row: EvidenceFile
    counts: bool

    @property
    def size(self) -> str:
        return display.size(self.row["size"])

    @property
    def media(self) -> str:
        """Picture, codecs, length, languages."""
        media = self.row["media"]
        facts = [
            f"{media['width']}×{media['height']}" if media["width"] else "",
            media["video_codec"],
            media["audio_codec"],
            display.duration(media["duration"]),
            ", ".join(media["audio_languages"]),
        ]
        return " · ".join(filter(None, facts))


@dataclass(frozen=True, slots=True)
class WhyPage:
    series: AnimeSeries
    episode: Episode
    row: Evidence

    @property
    def value(self) -> str:
        return f"{self.episode.season}-{self.episode.episode_number}"

    @property
    def files(self) -> list[WhyFile]:
        """The one that counts first."""
        counting = [WhyFile(self.row["file"], counts=True)] if self.row["file"] else []
        return counting + [WhyFile(row, counts=False) for row in self.row["other_files"]]


def why_page(series: AnimeSeries, episode: Episode) -> WhyPage:
    return WhyPage(series, episode, evidence_row(series, episode))

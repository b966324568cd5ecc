"""What the check saw of a file, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from aniworld.web import display
from downloads.seen import Seen, SeenTrack, may_be_cut
from providers.languages import short

Words = str | Promise

_CODECS = {
    "aac": "AAC",
    "ac3": "AC-3",
    "av1": "AV1",
    "eac3": "E-AC-3",
    "flac": "FLAC",
    "h264": "H.264",
    "hevc": "HEVC",
    "mp3": "MP3",
    "opus": "Opus",
    "vp8": "VP8",
    "vp9": "VP9",
}
_HEIGHTS = frozenset({360, 480, 540, 576, 720, 1080, 1440, 2160})
_CHANNELS: dict[int, Words] = {1: _("mono"), 2: _("stereo"), 6: "5.1", 8: "7.1"}
_CHECKS: dict[str, Words] = {
    "size": _("all of it has come"),
    "language": _("it is in the right language"),
    "begin": _("picture and sound go from begin to end"),
    "ends": _("picture and sound go from begin to end"),
    "length": _("it is as long as announced"),
    "season": _("it is as long as the season's others"),
    "opens": _("the file is in order"),
    "tracks": _("the file is in order"),
    "index": _("the file is in order"),
    "decodes": _("it plays at the begin, in between and at the end"),
}


@dataclass(frozen=True, slots=True)
class SeenWords:
    """One file that has passed the check."""

    seen: Seen
    source: str = ""

    @property
    def summary(self) -> str:
        """``1080p H.264, German AAC, subtitles German``"""
        tracks = self.seen["tracks"]
        parts = [_track(track) for track in tracks if track["kind"] != "subtitles"]
        if subtitles := self._subtitles():
            parts.append(gettext("subtitles %s") % subtitles)
        return ", ".join(parts)

    @property
    def doubt(self) -> str:
        """What may be wrong with it though it has passed; mostly empty."""
        beside = self.seen.get("beside")
        if not beside or not may_be_cut(self.seen):
            return ""
        lengths = {
            "length": display.duration(self.seen["seconds"]),
            "shortest": display.duration(beside["shortest"]),
        }
        return (
            gettext(
                "It may lack its end: it lasts %(length)s, the shortest of the series' other "
                "episodes %(shortest)s."
            )
            % lengths
        )

    @property
    def compared(self) -> str:
        """Against how many other files its length could be held; empty where nobody looked."""
        beside = self.seen.get("beside")
        if beside is None:
            return ""
        count = beside["files"]
        if not count:
            return gettext("with no other episode: none is known yet")
        return ngettext("with %d other episode", "with %d other episodes", count) % count

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Labels and what stands beside them."""
        told = [
            (gettext("From"), self.source),
            (gettext("Picture"), self._of("video")),
            (gettext("Sound"), self._of("audio")),
            (gettext("Subtitles"), self._subtitles()),
            (gettext("Length"), display.duration(self.seen["seconds"] or None)),
            (gettext("Compared"), self.compared),
            (gettext("File"), self.seen["container"].upper()),
            (gettext("Checked"), ", ".join(dict.fromkeys(map(_check, self.seen["checks"])))),
        ]
        return [(label, words) for label, words in told if words]

    def _of(self, kind: str) -> str:
        return ", ".join(_track(one, whole=True) for one in self._tracks(kind))

    def _subtitles(self) -> str:
        return ", ".join(_language(track) or "?" for track in self._tracks("subtitles"))

    def _tracks(self, kind: str) -> list[SeenTrack]:
        return [track for track in self.seen["tracks"] if track["kind"] == kind]


def _track(track: SeenTrack, *, whole: bool = False) -> str:
    """``1080p H.264``, ``German AAC``; ``whole`` with all that is known of it."""
    codec = _CODECS.get(track["codec"], track["codec"].upper())
    if track["kind"] == "video":
        return " ".join(filter(None, (_size(track, exact=whole), codec)))
    channels = track["channels"] or 0
    layout = str(_CHANNELS.get(channels, channels or "")) if whole else ""
    return " ".join(filter(None, (_language(track), codec, layout)))


def _size(track: SeenTrack, *, exact: bool) -> str:
    width, height = track["width"], track["height"]
    if not width or not height:
        return ""
    return f"{height}p" if height in _HEIGHTS and not exact else f"{width}×{height}"


def _language(track: SeenTrack) -> str:
    """By its name in the reader's language, where that is known."""
    code = short(track["language"])
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _check(name: str) -> str:
    return str(_CHECKS.get(name, name))

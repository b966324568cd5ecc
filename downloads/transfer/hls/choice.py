"""Which of a master's qualities and renditions are taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from downloads.transfer.errors import NotMedia, WrongLanguage
from downloads.transfer.hls.playlist import Master, MediaPlaylist, Rendition, Variant
from downloads.transfer.media import TrackKind, Wanted

MOST_QUALITIES = 16
MOST_SOUNDS = 8
MOST_SUBTITLES = 16
_SOUND_ALONE = frozenset({"mp4a", "ac-3", "ec-3", "opus", "flac", "fLaC", "Opus", "alac"})

ALL: frozenset[TrackKind] = frozenset({"video", "audio", "subtitles"})
PICTURE: frozenset[TrackKind] = frozenset({"video", "subtitles"})
SOUND: frozenset[TrackKind] = frozenset({"audio"})


@dataclass(frozen=True, slots=True)
class Stream:
    """A playlist to be fetched, and which of its tracks are taken.

    ``playlist`` is what stands in it, where that has been read already.
    """

    url: str
    kinds: frozenset[TrackKind]
    language: str = ""
    title: str = ""
    bandwidth: int = 0
    playlist: MediaPlaylist | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What is fetched of one quality: the picture first, then sound of its own, then subtitles."""

    streams: tuple[Stream, ...]
    subtitles: tuple[Rendition, ...] = ()


def qualities(master: Master) -> list[Variant]:
    """The variants with a picture, best first: the highest, then the one of most bits.

    Raises:
        NotMedia: there is none.
    """
    found = [one for one in master.variants if _has_picture(one)]
    if not found:
        raise NotMedia(why="no_picture")
    distinct = {one.url: one for one in found}
    best = sorted(distinct.values(), key=lambda one: (one.height, one.bandwidth), reverse=True)
    return best[:MOST_QUALITIES]


def choose(master: Master, variant: Variant, wanted: Wanted) -> Choice:
    """What goes with a quality.

    Sound is that of the source's language, and what else the owner takes; where no rendition names
    a language, the default one. Subtitles are all there are: they cost next to nothing.

    Raises:
        WrongLanguage: all sound is named, and none of it is in the source's language.
    """
    sounds = _of_group(master, "AUDIO", variant.audio)
    taken = _sounds(sounds, wanted)
    own = [one for one in taken if not one.url]
    if sounds and not any(one.url for one in sounds):
        own, taken = sounds[:1], []  # the group only names what is in the variant
    kinds = ALL if own or not sounds else PICTURE
    language = own[0].language if len(own) == 1 else ""
    streams = [Stream(variant.url, kinds, language, bandwidth=variant.bandwidth)]
    streams += [Stream(one.url, SOUND, one.language, one.name) for one in taken if one.url]
    subtitles = _of_group(master, "SUBTITLES", variant.subtitles)
    ordered = sorted(subtitles, key=lambda one: one.language != wanted.subtitles)
    return Choice(tuple(streams), tuple(one for one in ordered if one.url)[:MOST_SUBTITLES])


def _has_picture(variant: Variant) -> bool:
    if variant.height or not variant.codecs:
        return True
    named = {codec.strip().partition(".")[0] for codec in variant.codecs.split(",")}
    return not named <= _SOUND_ALONE


def _of_group(master: Master, kind: Literal["AUDIO", "SUBTITLES"], group: str) -> list[Rendition]:
    found = [one for one in master.renditions if one.kind == kind and one.group == group and group]
    return sorted(found, key=lambda one: not one.is_default)


def _sounds(sounds: Sequence[Rendition], wanted: Wanted) -> list[Rendition]:
    if not sounds:
        return []
    taken = [one for one in sounds if wanted.takes(one.language)]
    if not taken:
        there = sorted({one.language for one in sounds})
        raise WrongLanguage(languages=there)
    first = min(taken, key=lambda one: (one.language != wanted.sound, bool(one.language)))
    more = [one for one in sounds if one.language in wanted.more]
    return [first, *_one_each(more, first.language)][:MOST_SOUNDS]


def _one_each(sounds: Sequence[Rendition], but: str) -> list[Rendition]:
    """Of each language one: the same in stereo and in surround is the same again."""
    return list({one.language: one for one in reversed(sounds) if one.language != but}.values())

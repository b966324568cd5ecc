"""All kinds of media that a hoster may have, each as an episode of the show, and what is in it.

Each has the same film: white and loud every three seconds, in pictures that are all different.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import streams
from tests.integration.streams_stage import (
    FILE,
    PLAYLIST,
    SECONDS,
    VARIANT,
    Layout,
)
from tests.prove.house import SHOW
from tests.site.catalogue import GERMAN_DUB, GERMAN_SUB, Episode, Offer
from tests.site.world import SampleWorld
from tests.unit.downloads.transfer.films import run_ffmpeg

HALF = SECONDS
WHOLE = 2 * SECONDS
KEY, OTHER_KEY = bytes(range(16)), bytes(range(16, 32))
IV = bytes(range(32, 48))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(90) + b"IEND\xaeB`\x82"
LINK_SECONDS = 3
STREAMED = ("VOE", "Vidmoly")
PLAIN = ("Direct",)
GERMAN = (
    'TYPE=AUDIO,GROUP-ID="sound",NAME="Deutsch",LANGUAGE="de",DEFAULT=NO,URI="german/index.m3u8"'
)
JAPANESE = (
    'TYPE=AUDIO,GROUP-ID="sound",NAME="日本語",LANGUAGE="ja",DEFAULT=YES,URI="japanese/index.m3u8"'
)
TEXTS = 'TYPE=SUBTITLES,GROUP-ID="texts",NAME="Deutsch",LANGUAGE="de",URI="texts/index.m3u8"'
SUBTITLED = 'BANDWIDTH=400000,RESOLUTION=160x90,SUBTITLES="texts" picture/index.m3u8'
CUES = ((1.0, "Guten Morgen."), (9.0, "Wer ist da?"), (20.5, "Niemand."))
X264 = ("libx264", "-preset", "ultrafast", "-bf", "2", "-crf", "30", "-vf", "noise=alls=9:allf=t")
X265 = ("libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-crf", "26")
VP9 = ("libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "500k")

Make = Callable[["Studio"], Path]
Films = Callable[["Studio"], Sequence[Path]]
Fail = Callable[[SampleWorld, int], object]


class Studio(Layout):
    """Lays out the streams of this proof."""

    def film(self, seconds: int = WHOLE, **more: Any) -> Path:
        return self.packings.film(seconds=seconds, **{"video": X264, **more})

    def hls(self, *, fmp4: bool = False, seconds: int = WHOLE) -> Path:
        return self.packings.hls(self.film(seconds), fmp4=fmp4)

    def part(self, kind: str, *options: object, **film: Any) -> Path:
        """Picture (``v``) or sound (``a``) as a stream of its own."""
        made = self.film(**film)
        return self.packings.hls(made, "-map", f"0:{kind}", "-c", "copy", *options)

    def file(self, film: Path) -> Path:
        """A folder with one file, whatever is in it."""
        self._copies += 1
        folder = self.folder / f"file-{self._copies}"
        folder.mkdir()
        shutil.copy(film, folder / FILE)
        return folder

    def locked(self, iv: bytes | None, first: int) -> Path:
        self._copies += 1
        clear, target = self.hls(), self.folder / f"locked-{self._copies}"
        return self.copy(streams.encrypted(clear, target, KEY, iv, first=first))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of media.

    Attributes:
        made: lays it out; the folder holds nothing that is not wanted.
        hosters: that have it.
        language: of all of its sources.
        fail: sets what its server does wrong, all the time.
        sounds: languages of the tracks that have to come.
        later: seconds by which the sound is behind the picture.
        films: what is shown in it, one after the other.
    """

    name: str
    made: Make
    hosters: Sequence[str] = STREAMED
    language: int = GERMAN_DUB
    fail: Fail | None = None
    sounds: Sequence[str] = ("deu",)
    subtitles: Sequence[str] = ()
    later: float = 0.0
    films: Films = lambda studio: [studio.film()]

    def set_up(self, world: SampleWorld, number: int, folder: Path) -> None:
        """List it as an episode of the show."""
        offers = tuple(Offer(self.language, hoster) for hoster in self.hosters)
        world.put_episode(SHOW, Episode(1, number, f"Folge {number}", offers=offers))
        world.serve(SHOW, 1, number, folder)


# what is shown


def _vp9(studio: Studio) -> list[Path]:
    return [studio.film(hertz=48_000, video=VP9, audio=("libopus",))]


def _h265(studio: Studio) -> list[Path]:
    return [studio.film(video=X265)]


def _twice(studio: Studio) -> list[Path]:
    return [studio.film(HALF)] * 2


# what is served


def _file(*options: str, extension: str = "mp4") -> Make:
    return lambda studio: studio.file(
        studio.packings.films.copy(studio.film(), extension, *options)
    )


def _captioned(studio: Studio) -> Path:
    folder = _file("-movflags", "+faststart")(studio)
    (folder / "captions").mkdir()
    (folder / "captions/Deutsch.vtt").write_text(webvtt())
    return folder


def _matroska(studio: Studio) -> Path:
    texts = studio.folder / "texts.vtt"
    texts.write_text(webvtt())
    languages = ("-metadata:s:a:0", "language=jpn", "-metadata:s:s:0", "language=ger")
    film = studio.packings.films.made(
        *("-i", studio.film(), "-i", texts, "-map", "0", "-map", "1"),
        *("-c", "copy", "-c:s", "ass", *languages),
        extension="mkv",
    )
    return studio.file(film)


def _webm(studio: Studio) -> Path:
    [film] = _vp9(studio)
    return studio.file(studio.packings.films.copy(film, "webm"))


def _stream(*, fmp4: bool = False) -> Make:
    return lambda studio: studio.copy(studio.hls(fmp4=fmp4))


def _disguised(studio: Studio) -> Path:
    folder = studio.copy(studio.hls())
    for piece in folder.glob("seg-*"):
        piece.write_bytes(PNG + piece.read_bytes() + bytes(50))
        piece.rename(piece.with_suffix(".png"))
    _change(folder, r"\.ts$", ".png")
    return folder


def _parts_of_one(studio: Studio) -> Path:
    options = ("-c", "copy", "-hls_flags", "single_file")
    folder = studio.copy(studio.packings.hls(studio.film(), *options))
    [file] = folder.glob("*.ts")
    file.rename(folder / "all.ts")
    _change(folder, r"^[^#\n]+\.ts$", "all.ts")
    return folder


def _under_keys(studio: Studio) -> Path:
    """The first half under one key with a vector of its own, the second under another."""
    clear, folder = studio.hls(), studio.locked(IV, 0)
    pieces = sorted(folder.glob("seg-*"))
    (folder / "other").write_bytes(OTHER_KEY)
    for piece in pieces[len(pieces) // 2 :]:
        data = (clear / piece.name).read_bytes()
        piece.write_bytes(streams.locked(data, OTHER_KEY, IV))
    first = re.escape(pieces[len(pieces) // 2].name)
    line = f'#EXT-X-KEY:METHOD=AES-128,URI="other",IV=0x{IV.hex()}'
    _change(folder, rf"(#EXTINF:[^\n]*\n{first})", rf"{line}\n\1")
    return folder


def _numbered_vectors(studio: Studio) -> Path:
    folder = studio.locked(None, 7)
    _change(folder, "SEQUENCE:0", "SEQUENCE:7")
    return folder


def _sound_later(studio: Studio) -> Path:
    return studio.master(
        [VARIANT],
        [GERMAN],
        picture=studio.part("v", "-output_ts_offset", 10),
        german=studio.part("a", "-output_ts_offset", 11),
    )


def _languages(studio: Studio) -> Path:
    return studio.master(
        [VARIANT],
        [JAPANESE, GERMAN],
        picture=studio.part("v"),
        german=studio.part("a"),
        japanese=studio.part("a", hertz=48_000),
    )


def _subtitled(studio: Studio) -> Path:
    texts = studio.folder / "texts"
    texts.mkdir()
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", f"#EXT-X-TARGETDURATION:{WHOLE // 3}"]
    for number in range(3):
        (texts / f"{number}.vtt").write_text(webvtt())
        lines += [f"#EXTINF:{WHOLE / 3},", f"{number}.vtt"]
    (texts / "index.m3u8").write_text("\n".join([*lines, "#EXT-X-ENDLIST", ""]))
    return studio.master([SUBTITLED], [TEXTS], picture=studio.hls(), texts=texts)


def _joined(*, fmp4: bool) -> Make:
    """Two streams that both begin at zero."""

    def made(studio: Studio) -> Path:
        half = studio.hls(fmp4=fmp4, seconds=HALF)
        return studio.joined(half, half)

    return made


def _whole_seconds(studio: Studio) -> Path:
    folder = studio.copy(studio.hls())
    _change(folder, r"^#EXTINF:(\d+)\.\d+", r"#EXTINF:\1")
    _change(folder, "VERSION:3", "VERSION:2")
    return folder


def _hevc(studio: Studio) -> Path:
    options = ("-c", "copy", "-tag:v", "hev1")
    [film] = _h265(studio)
    return studio.copy(studio.packings.hls(film, *options, fmp4=True))


def _dash(studio: Studio) -> Path:
    folder = studio.folder / "dash"
    folder.mkdir()
    run_ffmpeg(
        *("-i", studio.film(), "-map", "0:v", "-map", "0:a", "-c", "copy", "-f", "dash"),
        *("-seg_duration", "2", "-use_template", "1", "-use_timeline", "1"),
        folder / "manifest.mpd",
    )
    return folder


def webvtt() -> str:
    """The subtitles that some have."""
    lines = ["WEBVTT", ""]
    for begin, text in CUES:
        lines += [f"00:{begin:06.3f} --> 00:{begin + 2:06.3f}", text, ""]
    return "\n".join(lines)


def _change(folder: Path, pattern: str, by: str) -> None:
    playlist = folder / PLAYLIST
    text, found = re.subn(pattern, by, playlist.read_text(), flags=re.MULTILINE)
    assert found
    playlist.write_text(text)


# what its server does wrong


def _no_ranges(world: SampleWorld, number: int) -> None:
    world.fail("no_range", side="hoster", path="/media/*", episode=number)


def _no_validator(world: SampleWorld, number: int) -> None:
    world.fail("no_etag", side="hoster", path="/media/*", episode=number)


def _links_run_out(world: SampleWorld, number: int) -> None:
    world.set_media_ttl(LINK_SECONDS, SHOW, 1, number)


def _asks_to_wait(world: SampleWorld, number: int) -> None:
    path = "/media/*/seg-00[2-9].*"
    for skip in (0, 5, 10):
        match = {"side": "hoster", "path": path, "episode": number, "skip": skip, "times": 1}
        world.fail_status(429, retry_after=1, **match)


def _cuts(world: SampleWorld, number: int) -> None:
    """Of every third piece the first answer ends in its middle."""
    for piece in range(0, WHOLE // streams.PIECE, 3):
        path = f"/media/*/seg-{piece:03}.*"
        world.cut_media(0.5, path=path, episode=number, times=1)


_SUBBED: dict[str, Any] = {
    "language": GERMAN_SUB,
    "sounds": ("jpn",),
    "subtitles": ("deu",),
}
KINDS: Sequence[Kind] = (
    Kind("MP4 in parts, captions", _captioned, PLAIN, **_SUBBED),
    Kind("MP4, no ranges", _file(), PLAIN, fail=_no_ranges),
    Kind("MKV with subtitles", _matroska, PLAIN, **_SUBBED),
    Kind("HLS TS", _stream(), fail=_cuts),
    Kind("WebM", _webm, PLAIN, films=_vp9),
    Kind("HLS fMP4", _stream(fmp4=True)),
    Kind("DASH", _dash, PLAIN),
    Kind("HLS parts of one file", _parts_of_one),
    Kind("HLS two keys", _under_keys),
    Kind("MP4, no validator", _file(), PLAIN, fail=_no_validator),
    Kind("HLS numbered vectors", _numbered_vectors),
    Kind("HLS sound 1 s later", _sound_later, later=1.0),
    Kind("HLS two languages", _languages, sounds=("deu", "jpn")),
    Kind("HLS subtitles", _subtitled, **_SUBBED),
    Kind("HLS discontinuity", _joined(fmp4=False), films=_twice),
    Kind("HLS second map", _joined(fmp4=True), films=_twice),
    Kind("HLS whole seconds", _whole_seconds, fail=_cuts),
    Kind("HLS HEVC", _hevc, films=_h265),
    Kind("HLS as PNG, links run out", _disguised, fail=_links_run_out),
    Kind("HLS, asked to wait", _stream(), fail=_asks_to_wait),
)

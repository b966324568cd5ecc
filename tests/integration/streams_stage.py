"""What the tests of kinds of streams share: films packed and broken, and what became of them."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import av
from av.subtitles.subtitle import AssSubtitle

from aniworld.web.texts import text_of
from downloads import services
from downloads.models import DownloadQueueItem
from downloads.worker import lease
from downloads.worker.worker import Worker
from library.models import AnimeSeries
from tests import streams
from tests.integration.downloads_support import KEY, files_in, list_episode, queue
from tests.site.catalogue import Link
from tests.site.world import SampleWorld
from tests.unit.downloads.transfer.films import Films

SECONDS = 12
RATE = 25
PIECE = streams.PIECE
PIECES = SECONDS // PIECE
GOOD_SIZE = (128, 72)  # of the film that the next hoster has: no other film here is as small
SIZE = (160, 90)
PLAYLIST = "master.m3u8"
FILE = "v480.mp4"
DIRECT = (3, 1)  # an episode whose hosters have a plain file, too
STREAMED = (1, 1)

DEUTSCH = (
    'TYPE=AUDIO,GROUP-ID="sound",NAME="Deutsch",LANGUAGE="de",DEFAULT=YES,URI="sound/index.m3u8"'
)
VARIANT = 'BANDWIDTH=400000,RESOLUTION=160x90,AUDIO="sound" picture/index.m3u8'

Brake = Callable[[DownloadQueueItem], None]


class Packings:
    """Films and streams made of them, each one once in a session.

    What is handed out is for reading: :meth:`Stage.copy` makes one that may be broken.
    """

    def __init__(self, folder: Path) -> None:
        self.films = Films(folder)
        self._folder = folder

    def film(self, *, seconds: float = SECONDS, size: str = "160x90", **more: Any) -> Path:
        """White and loud every three seconds, with key pictures every two."""
        return self.films.base(seconds=seconds, size=size, **more)

    def good(self) -> Path:
        return self.hls(self.film(size="128x72"))

    def hls(self, film: Path, *options: object, fmp4: bool = False) -> Path:
        """A folder whose ``index.m3u8`` names pieces of two seconds."""
        mark = abs(hash((film.name, options, fmp4)))
        folder = self._folder / f"hls-{mark:x}"
        if not folder.exists():
            streams.hls(film, folder, *options, fmp4=fmp4)
        return folder


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a file shows when it is decoded to its end.

    Attributes:
        sizes: how many pictures of each size.
        times: when each picture is shown, in seconds.
        sounds: of each track of sound its language, rate and channels.
        heard: seconds of the first track of sound.
        subtitles: of each track its language, and when each text begins.
        errors: packets that do not decode.
    """

    tag: str
    sizes: Counter[tuple[int, int]]
    times: list[float]
    sounds: list[tuple[str, int, int]]
    heard: float
    subtitles: list[tuple[str, list[tuple[float, str]]]]
    errors: int

    @classmethod
    def of(cls, path: Path) -> Decoded:
        with av.open(str(path)) as container:
            tag = container.streams.video[0].codec_context.codec_tag
            subtitles = [
                (one.metadata.get("language", ""), _texts(path, one.index))
                for one in container.streams.subtitles
            ]
            sounds = [
                (one.metadata.get("language", ""), one.sample_rate, one.channels)
                for one in container.streams.audio
            ]
        pictures, lost = _frames(path, "video")
        heard, cracked = _frames(path, "audio")
        return cls(
            tag,
            Counter((one.width, one.height) for one in pictures),
            sorted(float(one.time or 0) for one in pictures),
            sounds,
            sum(one.samples / one.sample_rate for one in heard),
            subtitles,
            lost + cracked,
        )

    def widest_step(self) -> float:
        """The longest time between two pictures."""
        pairs = zip(self.times, self.times[1:], strict=False)
        return max(later - before for before, later in pairs)


def _frames(path: Path, kind: str) -> tuple[list[Any], int]:
    frames: list[Any] = []
    errors = 0
    with av.open(str(path)) as container:
        for packet in container.demux(**{kind: 0}):
            try:
                frames += packet.decode()
            except av.FFmpegError:
                errors += 1
    return frames, errors


def _texts(path: Path, index: int) -> list[tuple[float, str]]:
    texts = []
    with av.open(str(path)) as container:
        for packet in container.demux(container.streams[index]):
            begin = float((packet.pts or 0) * packet.time_base)
            found = [one for one in packet.decode() if isinstance(one, AssSubtitle)]
            texts += [(begin, one.dialogue.decode()) for one in found]
    return [(begin, text) for begin, text in texts if text]


class Reading(NamedTuple):
    """How far an item was said to be."""

    stage: str
    percent: float
    bytes: int
    total: int | None
    is_estimate: bool
    seconds_left: int | None


@dataclass
class Layout:
    """Streams laid out in a folder, as a hoster has them."""

    packings: Packings
    folder: Path
    _copies: int = field(default=0, init=False)

    def copy(self, packing: Path, name: str = "") -> Path:
        """A stream that nobody else has, its playlist where the hosters' pages look for it."""
        self._copies += 1
        target = self.folder / (name or f"copy-{self._copies}")
        shutil.copytree(packing, target)
        if not (target / PLAYLIST).exists():
            (target / "index.m3u8").rename(target / PLAYLIST)
        return target

    def master(self, variants: Sequence[str], media: Sequence[str], **parts: Path) -> Path:
        """A master playlist over streams by the names of their folders."""
        self._copies += 1
        target = self.folder / f"master-{self._copies}"
        target.mkdir()
        for name, packing in parts.items():
            shutil.copytree(packing, target / name)
        return streams.master(target, variants, media)

    def split(self, film: Path, *, fmp4: bool = False) -> Path:
        """A film as picture and sound in playlists of their own."""
        picture = self.packings.hls(film, "-map", "0:v", "-c", "copy", fmp4=fmp4)
        sound = self.packings.hls(film, "-map", "0:a", "-c", "copy", fmp4=fmp4)
        return self.master([VARIANT], [DEUTSCH], picture=picture, sound=sound)

    def joined(self, *packings: Path, tag: str = "#EXT-X-DISCONTINUITY") -> Path:
        """Streams one after the other, the tag before each that follows."""
        self._copies += 1
        target = self.folder / f"joined-{self._copies}"
        lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:3"]
        for number, packing in enumerate(packings):
            shutil.copytree(packing, target / str(number))
            lines += [tag] if number and tag else []
            lines += _pieces_of(packing / "index.m3u8", f"{number}/")
        (target / PLAYLIST).write_text("\n".join([*lines, "#EXT-X-ENDLIST", ""]))
        return target


class Stage(Layout):
    """One episode whose media a test lays out, and the worker that fetches it."""

    def __init__(
        self, world: SampleWorld, series: AnimeSeries, packings: Packings, folder: Path
    ) -> None:
        super().__init__(packings, folder)
        self.world = world
        self.series = series
        self.place = STREAMED
        self.readings: list[Reading] = []

    # before

    def speaks(self, *languages: str) -> None:
        """The languages that the owner takes."""
        AnimeSeries.objects.update(languages=list(languages))

    def at_direct(self) -> None:
        """From now on it is an episode of which the first hoster has a plain file."""
        self.place = DIRECT
        list_episode(self.series, *DIRECT)
        AnimeSeries.objects.update(hosters=["direct"])

    def prefers(self, hoster: str) -> None:
        AnimeSeries.objects.update(hosters=[hoster.lower()])

    def serve(self, folder: Path, hoster: str | None = "VOE") -> Path:
        """Let a hoster (None: all) have this for the episode."""
        self.world.serve(KEY, *self.place, folder, hoster)
        return folder

    def serve_file(self, film: Path, name: str = "file") -> Path:
        """Let the hoster of plain files have this one."""
        folder = self.folder / name
        folder.mkdir()
        shutil.copy(film, folder / FILE)
        return self.serve(folder, "Direct")

    def serve_good(self, hoster: str = "Vidmoly") -> None:
        self.serve(self.copy(self.packings.good()), hoster)

    # the worker

    def work(self, on_change: Brake | None = None) -> DownloadQueueItem:
        """Let a worker make one try."""
        if not DownloadQueueItem.objects.exists():
            queue(self.series, self.place[1], season=self.place[0])

        def watch(item: DownloadQueueItem) -> None:
            self.readings.append(_reading(item))
            if on_change:
                on_change(item)

        worker = Worker(on_change=watch)
        services.start()
        assert worker.process_next()
        lease.give_back(worker.name)
        return DownloadQueueItem.objects.get()

    # afterwards

    def asked(self, hoster: str, sign: str = "/seg-") -> list[dict[str, Any]]:
        """The media requests to a hoster with something in their path."""
        return [
            seen
            for seen in self.world.log()
            if seen["path"].startswith("/media/")
            and sign in seen["path"]
            and _hoster(seen["path"]) == hoster
        ]

    def pieces(self, hoster: str = "VOE") -> Counter[str]:
        """How often each piece was asked for."""
        return Counter(seen["path"].split("/hls/")[1] for seen in self.asked(hoster))

    def bytes_from(self, hoster: str) -> int:
        return sum(seen["sent"] for seen in self.asked(hoster, ""))


def _reading(item: DownloadQueueItem) -> Reading:
    return Reading(
        item.stage,
        item.progress_percent,
        item.downloaded_bytes,
        item.total_bytes,
        item.is_total_estimated,
        item.eta,
    )


def _pieces_of(playlist: Path, prefix: str) -> list[str]:
    """The lines that are about pieces, their addresses below a folder."""
    lines = []
    for line in playlist.read_text().splitlines():
        if line.startswith("#EXT-X-MAP"):
            lines.append(line.replace('URI="', f'URI="{prefix}'))
        elif line and not line.startswith("#"):
            lines.append(prefix + line)
        elif line.startswith("#EXTINF"):
            lines.append(line)
    return lines


def _hoster(path: str) -> str:
    link = Link.from_code(path.split("/")[2])
    return link.hoster if link else ""


def told(item: DownloadQueueItem) -> str:
    """The sentence the owner reads."""
    return text_of(item.error)


def reasons(item: DownloadQueueItem) -> list[tuple[str, str, str]]:
    """Hoster, code and kind of each attempt that failed."""
    return [(one["hoster"], one["code"], one["params"].get("why", "")) for one in item.attempts]


def placed_in(library: Path) -> list[str]:
    """The files of episodes; what was fetched for them may still be on its way out."""
    return [file for file in files_in(library) if not file.startswith(".aniworld/")]


def result(item: DownloadQueueItem) -> Decoded:
    """What the finished file holds."""
    return Decoded.of(Path(item.file_destination))

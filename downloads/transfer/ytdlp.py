"""The engine that uses yt-dlp as a library, on direct addresses only.

Its defaults as a library are not those of its command line: it would skip lost fragments and
report success for a file with holes. The resolving is ours; of its extractors only the generic
one, which recognises playlists and plain files, is let in.
"""

from __future__ import annotations

import errno
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yt_dlp.networking import Request
from yt_dlp.postprocessor.ffmpeg import FFmpegPostProcessor
from yt_dlp.utils import DownloadError, YoutubeDLError

from downloads.transfer import pieces
from downloads.transfer.errors import (
    ConnectionLost,
    FragmentMissing,
    LinkRefused,
    LiveStream,
    MediaMissing,
    NotMedia,
    Protected,
    TransferError,
    from_os_error,
)
from downloads.transfer.messages import Reading
from downloads.transfer.places import keep_files_alone, own_folder
from downloads.transfer.wire.limiter import Limiter
from providers.base import Media
from providers.coded import foreign
from providers.errors import ProviderError
from providers.extraction.downloader import WebDownloader

logger = logging.getLogger(__name__)

RETRIES = 4
LONGEST_PAUSE = 8.0
SOCKET_TIMEOUT = 20
PARALLEL_FRAGMENTS = 3
LARGEST_PLAYLIST = 20_000_000
_NO_FFMPEG = "/nonexistent"

Format = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Download:
    """Files as they were fetched: one, or video and sound apart.

    ``duration`` (seconds) and ``size`` (bytes) are what the source announced, None where it
    announced nothing.
    """

    files: tuple[Path, ...]
    duration: float | None
    size: int | None


class YtDlpEngine:
    """Fetches what is neither HLS nor a file.

    Args:
        retry_pause: seconds before a lost connection or fragment is first asked for again; the
            pause doubles with each further try.
        limiter: how fast all it asks for may come, together.
    """

    def __init__(self, *, retry_pause: float = 1.0, limiter: Limiter | None = None) -> None:
        self._retry_pause = retry_pause
        self._limiter = limiter or Limiter()
        # ffmpeg must not fetch anything: it knows nothing of our guard.
        FFmpegPostProcessor._ffmpeg_location.set(_NO_FFMPEG)

    def fetch(self, media: Media, folder: Path, on_progress: Callable[[Reading], None]) -> Download:
        """Fetch ``media`` into ``folder``, going on from what is there already.

        Args:
            folder: belongs to this source alone; partial data of another would be spliced.
            on_progress: may be called from other threads; what it raises ends the download.

        Raises:
            SourceFault: this source does not deliver.
            DiskFull, NotPermitted: the disk does not take it.
        """
        keep_files_alone(own_folder(folder))
        there = pieces.join_anew(folder)
        choice = _Choice(lambda of: pieces.drop_others(folder, of, there))
        meter = _Meter(on_progress, there)
        try:
            with _Downloader(self._options(media, folder, choice, meter)) as downloader:
                downloader.limiter = self._limiter
                choice.downloader = downloader
                info = downloader.extract_info(media.url, download=True)
        except (TransferError, ProviderError):
            raise
        except YoutubeDLError as error:
            raise translate(error, in_pieces=choice.in_pieces) from error
        except OSError as error:
            raise from_os_error(error) from error
        except Exception as error:
            raise _stumbled(error) from error
        finally:
            pieces.join_anew(
                folder
            )  # what was joined so far is of no use any more, and takes space
        files = tuple(
            Path(part["filepath"]) for part in (info or {}).get("requested_downloads", ())
        )
        if not files:
            raise NotMedia(why="nothing")
        pieces.forget(folder)
        announced = None if choice.in_pieces or len(files) > 1 else meter.announced
        return Download(files, choice.duration, announced)

    def _options(
        self, media: Media, folder: Path, choice: _Choice, meter: _Meter
    ) -> dict[str, Any]:
        return {
            "allowed_extractors": ["generic"],
            "concurrent_fragment_downloads": PARALLEL_FRAGMENTS,
            "continuedl": True,
            "ffmpeg_location": _NO_FFMPEG,
            "fixup": "never",
            "format": choice,
            "fragment_retries": RETRIES,
            "hls_prefer_native": True,
            "http_headers": dict(media.headers),
            "keep_fragments": True,  # see downloads.transfer.pieces
            "logger": logger,
            "noplaylist": True,
            "noprogress": True,
            "outtmpl": {"default": "media-%(format_id)s.%(ext)s"},
            "paths": {"home": str(folder), "temp": str(folder)},
            "progress_hooks": [meter],
            "proxy": "",
            "quiet": True,
            "restrictfilenames": True,
            "retries": RETRIES,
            "retry_sleep_functions": {"http": self._pause, "fragment": self._pause},
            "skip_unavailable_fragments": False,
            "socket_timeout": SOCKET_TIMEOUT,
            "updatetime": False,
        }

    def _pause(self, n: float) -> float:
        return min(self._retry_pause * float(2**n), LONGEST_PAUSE)


class _Downloader(WebDownloader):
    """Takes no more at a time than the limiter lets it."""

    limiter = Limiter()

    def urlopen(self, req: Request | str) -> Any:
        """Raises ``AddressRefused`` for what is not on the web."""
        return _limited(super().urlopen(req), self.limiter)


def _limited(answer: Any, limiter: Limiter) -> Any:
    """An answer whose body is taken no faster than the limiter lets it, and counted by it."""
    read, never = answer.read, threading.Event()

    def limited(amount: int | None = None) -> bytes:
        content: bytes = read(limiter.most(amount) if amount and amount > 0 else amount)
        limiter.take(len(content), never)
        return content

    answer.read = limited
    return answer


@dataclass
class _Choice:
    """The format selector: the best that carries both, else the best video and the best sound,
    each as a file of its own. Notes the length of a playlist before its pieces are fetched.

    Args:
        on_playlists: told what the chosen ones hold, where that differs between two of them.
    """

    on_playlists: Callable[[str], None]
    downloader: Any = None
    in_pieces: bool = False
    duration: float | None = None

    def __call__(self, context: Mapping[str, Any]) -> Iterator[Format]:
        formats = list(context["formats"])
        chosen = _best(formats)
        self.in_pieces = any(_is_hls(one) or _is_dash(one) for one in chosen)
        texts = [self._playlist(one) for one in chosen if _is_hls(one)]
        self.duration = max(map(_length, texts), default=None)
        if self.in_pieces and self.duration != 0:  # else there is nothing in it
            self.on_playlists(pieces.fingerprint(texts, chosen))
        yield from chosen

    def _playlist(self, chosen: Format) -> str:
        request = Request(chosen["url"], headers=dict(chosen.get("http_headers") or {}))
        content: bytes = self.downloader.urlopen(request).read(LARGEST_PLAYLIST)
        text = content.decode(errors="replace")
        if not text.startswith("#EXTM3U"):
            raise NotMedia(why="no_playlist")
        if "#EXT-X-ENDLIST" not in text:
            raise LiveStream(why="endless")
        return text


def _length(playlist: str) -> float:
    """The sum of the pieces' lengths, in seconds."""
    return sum(float(length) for length in re.findall(r"^#EXTINF:([0-9.]+)", playlist, re.M))


def _best(formats: list[Format]) -> list[Format]:
    with_video = [one for one in formats if one.get("vcodec") != "none"]
    complete = [one for one in with_video if one.get("acodec") != "none"]
    sound = [one for one in formats if one.get("vcodec") == "none" and one.get("acodec") != "none"]
    if with_video and sound and with_video[-1].get("acodec") == "none":
        return [with_video[-1], sound[-1]]
    return complete[-1:] or with_video[-1:]


def _is_hls(chosen: Format) -> bool:
    return str(chosen.get("protocol", "")).startswith("m3u8")


def _is_dash(chosen: Format) -> bool:
    return "dash" in str(chosen.get("protocol", ""))


@dataclass
class _Meter:
    """Turns yt-dlp's hook calls into readings; calls come from several threads.

    With video and sound apart, what the first brought stays counted while the second runs.

    Args:
        there: sizes of the pieces an earlier try has left, by file name. yt-dlp counts how many
            they are, but not their bytes.
    """

    on_progress: Callable[[Reading], None]
    there: Mapping[str, list[int]]
    announced: int | None = None
    _finished: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _started: float = field(default_factory=time.monotonic)

    def __call__(self, call: Mapping[str, Any]) -> None:
        with self._lock:
            self.on_progress(self._reading(call))

    def _reading(self, call: Mapping[str, Any]) -> Reading:
        here = int(call.get("downloaded_bytes") or 0)
        total = call.get("total_bytes")
        estimate = call.get("total_bytes_estimate")
        if call["status"] != "finished":
            left = sum(self.there.get(Path(str(call.get("filename"))).name, ()))
            here += left
            if estimate and left:
                pieces = int(call.get("fragment_index") or 0) + 1
                estimate += left * int(call.get("fragment_count") or pieces) / pieces
        else:
            self.announced = int(total) if total else None
            self._finished[str(call.get("filename"))] = here
        before = sum(
            size for name, size in self._finished.items() if name != str(call.get("filename"))
        )
        estimate = total or estimate
        eta = call.get("eta")
        return Reading(
            downloaded=before + here,
            total=before + max(int(estimate), here) if estimate else None,
            percent=_percent(call, here, total),
            speed=call.get("speed"),
            eta=int(eta) if eta is not None else None,
        )


def _percent(call: Mapping[str, Any], here: int, total: int | None) -> float:
    if call["status"] == "finished":
        return 100.0
    if total:
        return min(100.0 * here / total, 100.0)
    if call.get("fragment_count"):
        return min(
            100.0 * int(call.get("fragment_index") or 0) / int(call["fragment_count"]), 100.0
        )
    return 0.0


_DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS}
_CUT = re.compile(r"bytes read, (\d+) more expected")
_STATUS = re.compile(r"HTTP Error (\d{3})")
_SIGNS: tuple[tuple[str, type[TransferError], str], ...] = (
    ("DRM", Protected, ""),
    ("ffmpeg could not be found", LiveStream, "whole"),
    ("file:// URLs are disabled", NotMedia, "no_address"),
    ("No connection adapters", NotMedia, "no_address"),
    ("extension", NotMedia, "no_video"),
    ("Unsupported URL", NotMedia, "no_video"),
    ("No video formats", NotMedia, "no_video"),
    ("format is not available", NotMedia, "no_video"),
)


def translate(error: YoutubeDLError, *, in_pieces: bool) -> TransferError:
    """An error of yt-dlp in our words. Fragment errors carry no cause: the message is all.

    Args:
        in_pieces: the playlist was there, and its pieces were being fetched.
    """
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).removeprefix("ERROR: ").strip()
    known = _known_cause(error)
    if known is not None:
        return known
    status = _STATUS.search(text)
    cut = _CUT.search(text)
    if cut:
        return ConnectionLost(why="cut", bytes=int(cut[1]))
    if status:
        return _of_status(int(status[1]), text, in_pieces=in_pieces)
    if in_pieces and "fragment" in text.lower():
        return FragmentMissing(why="reason", reason=foreign(text))
    for sign, kind, why in _SIGNS:
        if sign in text:
            return kind(why=why) if why else kind()
    return ConnectionLost(why="failed", reason=foreign(text))


def _stumbled(error: Exception) -> TransferError:
    """Its parsers trip over what no playlist should hold, each in its own way."""
    if "closed file" in str(error):  # its own, when it gives up one fragment and writes another
        return FragmentMissing()
    logger.warning("unreadable stream", exc_info=error)
    return NotMedia(why="unreadable", reason=foreign(str(error) or type(error).__name__))


def _of_status(status: int, text: str, *, in_pieces: bool) -> TransferError:
    if status in {401, 403, 410}:
        return LinkRefused(status=status)
    if in_pieces:
        return FragmentMissing(why="status", status=status)
    if status == 404:
        return MediaMissing()
    return ConnectionLost(why="error", reason=foreign(text))


def _known_cause(error: YoutubeDLError) -> TransferError | None:
    cause = _cause(error)
    if isinstance(cause, TransferError):
        return cause
    if isinstance(cause, OSError) and cause.errno in _DISK_ERRORS:
        return from_os_error(cause)
    return None


def _cause(error: BaseException) -> BaseException | None:
    """The exception under yt-dlp's wrappings, if it is telling."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, TransferError | OSError) and not isinstance(seen, YoutubeDLError):
            return seen
        info = getattr(seen, "exc_info", None) if isinstance(seen, DownloadError) else None
        inner = info[1] if info else None
        wrapped = inner if inner is not seen else None
        seen = wrapped or getattr(seen, "cause", None) or seen.__cause__ or seen.__context__
    return None

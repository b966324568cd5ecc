"""Why a transfer failed: codes with the facts of their sentences.

``errno`` is what the system says, ``reason`` what yt-dlp, libav or another library says.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any, ClassVar

from providers.coded import WHY, CodedError, errno_name, foreign, gettext_noop

if TYPE_CHECKING:
    from downloads.transfer.gate.report import Report


class TransferError(CodedError):
    """Base of the errors of this package.

    ``permanent``: trying the same source again cannot help. ``is_sources_fault``: another source
    may do better, so it is tried next.
    """

    code = "transfer_failed"
    permanent = False
    is_sources_fault = False
    texts: ClassVar = {
        "": gettext_noop("The system says: {errno}"),
        "path": gettext_noop("The system says: {errno}: {path}"),
        "words": gettext_noop("The system says: {reason}"),
    }


class SourceFault(TransferError):
    """What this source delivers, or does not; the next one is tried.

    ``lasting``: by ``why``, what is wrong with what has come whole. It would come again as it is,
    so these are permanent.
    """

    code = "source_failed"
    is_sources_fault = True
    lasting: ClassVar[frozenset[str]] = frozenset()
    texts: ClassVar = {}

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.permanent = self.permanent or params.get(WHY) in self.lasting


class SourceStumbled(SourceFault):
    """What this source sends makes us stumble, in a way that nobody has foreseen."""

    code = "source_stumbled"
    texts: ClassVar = {"": gettext_noop("What the source sends cannot be handled: {reason}")}


class LinkRefused(SourceFault):
    """401, 403 or 410 for the media: the signed link has run out, or was made for somebody else."""

    code = "link_expired"
    texts: ClassVar = {
        "": gettext_noop("The hoster refused the file ({status}): the link may have run out.")
    }


class MediaMissing(SourceFault):
    """404 for the media itself."""

    code = "media_gone"
    permanent = True
    texts: ClassVar = {"": gettext_noop("The hoster no longer has the file (404).")}


class FragmentMissing(SourceFault):
    """A piece in the middle cannot be had; the file would have a hole."""

    code = "fragment_missing"
    texts: ClassVar = {
        "": gettext_noop("A piece of the stream cannot be fetched."),
        "status": gettext_noop("A piece of the stream cannot be fetched ({status})."),
        "reason": gettext_noop("A piece of the stream cannot be fetched: {reason}"),
        "disguised": gettext_noop("A piece of the stream is none: it begins with {head}."),
        "cut": gettext_noop("A piece of the stream is cut off."),
        "damaged": gettext_noop("A piece of the stream is damaged: something is missing in it."),
        "gap": gettext_noop("The hoster says that a piece of the stream is missing."),
        "key": gettext_noop("The key of the stream does not fit."),
        "large": gettext_noop("A piece of the stream is larger than any piece is."),
        "other": gettext_noop("A piece of the stream has changed while it was fetched."),
        "no_range": gettext_noop("The hoster does not give the part of a file that a piece is."),
        "no_subtitles": gettext_noop("What should be the subtitles cannot be read."),
    }


class ConnectionLost(SourceFault):
    """Nothing more comes.

    ``is_busy``: the hoster has been asked as often as it may be, and only ever asks to wait.
    """

    code = "connection_lost"
    texts: ClassVar = {
        "failed": gettext_noop("The connection failed: {reason}"),
        "errno": gettext_noop("The connection failed: {errno}"),
        "cut": gettext_noop("The connection was cut, {bytes} bytes were still to come."),
        "error": gettext_noop("The hoster answered with an error: {reason}"),
        "stalled": gettext_noop("The hoster sends next to nothing: {bytes} bytes in {seconds} s."),
        "changes": gettext_noop("The hoster sends another file each time."),
        "busy": gettext_noop("The hoster asks to wait, again and again ({status})."),
        "other_part": gettext_noop("The hoster sends another part of the file than is asked for."),
    }

    @property
    def is_busy(self) -> bool:
        return self.params.get(WHY) == "busy"


class RangeRefused(SourceFault):
    """416: the part that is asked for lies behind the file's end.

    ``total``: the bytes that the file has; None where the hoster does not say.
    """

    code = "range_refused"
    texts: ClassVar = {"": gettext_noop("The file ends before the part that is asked for (416).")}

    def __init__(self, *, total: int | None = None) -> None:
        super().__init__()
        self.total = total


class StreamCut(SourceFault):
    """What arrived is shorter than what was announced."""

    code = "stream_cut"
    permanent = True
    texts: ClassVar = {
        "empty": gettext_noop("What arrived has empty streams."),
        "size": gettext_noop("{bytes} bytes arrived, but {announced} were announced."),
        "length": gettext_noop("The file has {seconds} s, but {announced} s were announced."),
        "hole": gettext_noop("There is a hole of {seconds} s at {at} s."),
        "dark": gettext_noop("There is no picture for {seconds} s at {at} s."),
        "silent": gettext_noop("There is no sound for {seconds} s at {at} s."),
        "picture_ends": gettext_noop("The picture ends at {at} s of {seconds} s."),
        "sound_ends": gettext_noop("The sound ends at {at} s of {seconds} s."),
        "back": gettext_noop("The times of the stream go back by {seconds} s at {at} s."),
        "timeless": gettext_noop("From {at} s on the stream's times are unusable."),
        "unreadable": gettext_noop("The file cannot be read to its end: {reason}"),
        "cut_off": gettext_noop("The file ends in the middle of one of its parts."),
        "damaged": gettext_noop("The file is damaged: something is missing within it."),
    }


class ParametersChanged(SourceFault):
    """The stream goes on as another one: its size, its rate or its codec are others."""

    code = "parameters_changed"
    permanent = True
    texts: ClassVar = {
        "picture": gettext_noop("The picture changes at {at} s, from {before} to {after}."),
        "sound": gettext_noop("The sound changes at {at} s, from {before} to {after}."),
        "header": gettext_noop(
            "From {at} s on the stream ({codec}) has another header; a file can have but one."
        ),
    }


class Undecodable(SourceFault):
    """There are packets where there should be, but nothing can be seen or heard of them."""

    code = "undecodable"
    permanent = True
    texts: ClassVar = {
        "picture": gettext_noop("The picture at {at} s cannot be decoded: {reason}"),
        "sound": gettext_noop("The sound at {at} s cannot be decoded: {reason}"),
    }


class Doubtful(SourceFault):
    """It is whole by its own word and plays, but something else says that it is not the episode.

    Such a file may be kept aside. ``report``: what the gate saw of it.
    """

    permanent = True
    report: Report


class TooShort(Doubtful):
    """It lasts less than half as long as the season's other files: a trailer, or half of it."""

    code = "too_short"
    texts: ClassVar = {
        "": gettext_noop("It lasts {seconds} s; the season's other files last {usual} s.")
    }


class NotMedia(SourceFault):
    """What arrived is no video with sound."""

    code = "not_media"
    lasting = frozenset(
        {
            *("no_picture", "no_sound", "unopened", "streams", "header", "packet", "no_address"),
            "too_much",
        }
    )
    texts: ClassVar = {
        "no_picture": gettext_noop("What arrived has no picture."),
        "no_sound": gettext_noop("What arrived has no sound."),
        "unopened": gettext_noop("What arrived cannot be opened as video: {reason}"),
        "unknown": gettext_noop("What arrived is no video: it begins with {head}."),
        "streams": gettext_noop("What arrived has {count} streams; at most {most} are taken."),
        "header": gettext_noop("What arrived has a header of {bytes} bytes; no codec needs that."),
        "packet": gettext_noop("What arrived has a packet of {bytes} bytes; no picture has that."),
        "nothing": gettext_noop("There is no video behind the address."),
        "no_video": gettext_noop("What came back is no video."),
        "no_playlist": gettext_noop("The playlist is none."),
        "no_pieces": gettext_noop("The playlist names no pieces."),
        "no_address": gettext_noop("The stream leads to what is no web address."),
        "unreadable": gettext_noop("What came back cannot be read: {reason}"),
        "too_large": gettext_noop("What came back is too large: more than {bytes} bytes."),
        "too_much": gettext_noop("No film of that length has more than {bytes} bytes."),
        "redirects": gettext_noop("The address leads on and on, and to nothing."),
    }


class LiveStream(SourceFault):
    """A stream without an end."""

    code = "live_stream"
    permanent = True
    texts: ClassVar = {
        "endless": gettext_noop("The stream has no end: it is live."),
        "whole": gettext_noop("The stream cannot be fetched in pieces."),
    }


class WrongLanguage(SourceFault):
    """The sound is in another language than the source is said to be in."""

    code = "wrong_language"
    permanent = True
    texts: ClassVar = {
        "": gettext_noop("The sound is not in the language of the source: {languages}."),
    }


class Protected(SourceFault):
    """The stream is encrypted in a way that is not for us to open."""

    code = "drm_protected"
    permanent = True
    texts: ClassVar = {"": gettext_noop("The stream is protected by DRM.")}


class NoSource(TransferError):
    """The site lists nothing in a wanted language from a hoster we know."""

    code = "no_source"
    texts: ClassVar = {
        "others": gettext_noop("No source in a wanted language; the site has: {languages}."),
        "none": gettext_noop("No source in a wanted language; the site has: none at all."),
    }


class AllSourcesFailed(TransferError):
    """Every source was tried.

    ``tried``: what happened to each, ``{"hoster", "language", "stage", "code", "params"}``; of many
    the first. The sentence for people, made where the texts of all codes are known, names them.
    """

    code = "all_sources_failed"
    texts: ClassVar = {
        "": gettext_noop("No source worked."),
        "broken": gettext_noop(
            "No source worked: each delivered a broken file, or next to nothing."
        ),
    }

    def __init__(self, *, permanent: bool, **params: Any) -> None:
        super().__init__(**params)
        self.permanent = permanent


class SitesFailed(TransferError):
    """No site has brought it, and one of those that it is tied to is down as a whole.

    ``tried``: as of ``AllSourcesFailed``.
    """

    code = "sites_failed"
    texts: ClassVar = {"": gettext_noop("No site brings it now.")}


class DiskFull(TransferError):
    """No space, or less than the owner wants to keep free. Not the episode's fault."""

    code = "disk_full"
    texts: ClassVar = {
        "": gettext_noop("The disk is full."),
        "floor": gettext_noop("Less space is left on the library's disk than is to be kept free."),
        "before": gettext_noop(
            "Only {free} MB are free on {root}; {floor} MB are to be kept free."
        ),
    }


class NotPermitted(TransferError):
    """The file system does not let us write."""

    code = "not_permitted"
    permanent = True
    texts: ClassVar = {
        "": gettext_noop("The library cannot be written to: {errno}"),
        "path": gettext_noop("The library cannot be written to: {errno}: {path}"),
    }


class RemuxFailed(SourceFault):
    """The streams cannot be put into a file."""

    code = "remux_failed"
    permanent = True
    texts: ClassVar = {
        "": gettext_noop("The streams cannot be put into a file: {reason}"),
    }


class WrittenWrong(SourceFault):
    """The file is not what was written into it: streams that are odd enough do that."""

    code = "written_wrong"
    permanent = True
    texts: ClassVar = {
        "tracks": gettext_noop("The file has {found} where {written} was written."),
        "packets": gettext_noop("The file has {found} packets where {written} were written."),
        "end": gettext_noop("The file ends at {found} s where {written} s were written."),
        "index": gettext_noop("The file's index leads nowhere."),
    }


def is_full(error: OSError) -> bool:
    """Whether it says that there is no space left, on the disk or for this user."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}


def from_os_error(error: OSError) -> TransferError:
    """What an error of the operating system means for a transfer."""
    if is_full(error):
        return DiskFull()
    name, path = errno_name(error), str(error.filename or "")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return NotPermitted(why="path", errno=name, path=path) if path else NotPermitted(errno=name)
    if isinstance(error, ConnectionError | TimeoutError):
        return ConnectionLost(why="errno", errno=name)
    if error.errno is None:
        return TransferError(why="words", reason=foreign(error))
    return TransferError(why="path", errno=name, path=path) if path else TransferError(errno=name)

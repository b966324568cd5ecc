"""Why a transfer failed, in words for the owner."""

from __future__ import annotations

import errno


class TransferError(Exception):
    """Base of the errors of this package.

    ``permanent``: trying the same source again cannot help. ``is_sources_fault``: another source
    may do better, so it is tried next.
    """

    code = "transfer_failed"
    permanent = False
    is_sources_fault = False


class SourceFault(TransferError):
    """What this source delivers, or does not; the next one is tried."""

    code = "source_failed"
    is_sources_fault = True


class LinkRefused(SourceFault):
    """403 or 410 for the media: the signed link has run out, or was made for somebody else."""

    code = "link_expired"


class MediaMissing(SourceFault):
    """404 for the media itself."""

    code = "media_gone"
    permanent = True


class FragmentMissing(SourceFault):
    """A piece in the middle cannot be had; the file would have a hole."""

    code = "fragment_missing"


class ConnectionLost(SourceFault):
    code = "connection_lost"


class StreamCut(SourceFault):
    """What arrived is shorter than what was announced."""

    code = "stream_cut"


class NotMedia(SourceFault):
    """What arrived is no video with sound."""

    code = "not_media"


class LiveStream(SourceFault):
    """A stream without an end."""

    code = "live_stream"
    permanent = True


class Protected(SourceFault):
    """The stream is encrypted in a way that is not for us to open."""

    code = "drm_protected"
    permanent = True


class NoSource(TransferError):
    """The site lists nothing in a wanted language from a hoster we know."""

    code = "no_source"


class AllSourcesFailed(TransferError):
    """Every source was tried."""

    code = "all_sources_failed"

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class DiskFull(TransferError):
    """No space, or less than the owner wants to keep free. Not the episode's fault."""

    code = "disk_full"


class NotPermitted(TransferError):
    """The file system does not let us write."""

    code = "not_permitted"
    permanent = True


class RemuxFailed(SourceFault):
    """ffmpeg cannot put the streams into a file."""

    code = "remux_failed"


class FfmpegMissing(TransferError):
    code = "ffmpeg_missing"
    permanent = True


def from_os_error(error: OSError) -> TransferError:
    """What an error of the operating system means for a transfer."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull("The disk is full.")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return NotPermitted(f"The library cannot be written to: {error}")
    if isinstance(error, ConnectionError | TimeoutError):
        return ConnectionLost(f"The connection failed: {error}")
    return TransferError(f"The system says: {error}")

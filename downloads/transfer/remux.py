"""Putting the fetched streams into one file that players take, without encoding anything."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from downloads.transfer.errors import DiskFull, FfmpegMissing, NotMedia, RemuxFailed
from downloads.transfer.streams import Streams, container_of
from providers.coded import foreign

# What players and media servers take in MP4; anything else goes into Matroska.
MP4_VIDEO = frozenset({"h264", "hevc", "av1", "libdav1d", "mpeg4"})
MP4_AUDIO = frozenset({"aac", "mp3", "mp3float", "ac3", "eac3", "alac"})


def ffmpeg_path() -> str:
    """The ffmpeg on PATH, else the one that came with the application.

    Raises:
        FfmpegMissing: there is neither.
    """
    found = shutil.which("ffmpeg")
    if found:
        return found
    try:
        import imageio_ffmpeg  # noqa: PLC0415 (only where PATH has none)

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise FfmpegMissing from error


def extension_for(streams: Sequence[Streams]) -> str:
    """``.mp4``, or ``.mkv`` where a stream needs it.

    Raises:
        NotMedia: picture or sound is missing.
    """
    video = {codec for part in streams for codec in part.video}
    audio = {codec for part in streams for codec in part.audio}
    if not video or not audio:
        raise NotMedia(why="no_sound") if video else NotMedia(why="no_picture")
    return ".mp4" if video <= MP4_VIDEO and audio <= MP4_AUDIO else ".mkv"


def remux(files: Sequence[Path], target: Path) -> None:
    """Copy the streams of ``files`` (complete, or picture and sound apart) into ``target``.

    ffmpeg reads local files only, in the formats we recognised.

    Raises:
        RemuxFailed, DiskFull, FfmpegMissing.
    """
    command = [ffmpeg_path(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y"]
    for file in files:
        command += ["-protocol_whitelist", "file,pipe", "-f", container_of(file)]
        command += ["-i", f"file:{file}"]
    command += ["-map", "0:V:0", "-map", "0:a" if len(files) == 1 else "1:a"]
    command += ["-c", "copy", "-map_metadata", "-1", "-map_chapters", "0"]
    if target.suffix == ".mp4":
        command += ["-movflags", "+faststart"]
    run = subprocess.run([*command, f"file:{target}"], capture_output=True, check=False)
    if run.returncode:
        raise _failure(run.stderr.decode(errors="replace"))


def _failure(output: str) -> Exception:
    if "No space left" in output:
        return DiskFull()
    lines = output.strip().splitlines()
    return RemuxFailed(reason=foreign(lines[-1])) if lines else RemuxFailed(why="silent")

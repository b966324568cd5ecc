"""Real media as HLS, made by ffmpeg: whole streams to begin with, which tests then break."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.media_server import File, MediaServer

SECONDS = 12
PIECE = 2


@dataclass(frozen=True, slots=True)
class Look:
    """What a film looks and sounds like; two of them never have a byte in common."""

    size: str = "320x180"
    hue: int = 0
    tone: int = 440
    rate: int = 48_000
    seconds: int = SECONDS


def ffmpeg(*arguments: object) -> None:
    """Run it; what goes wrong fails the test with its words."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y"]
    done = subprocess.run(
        [*command, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr


def film(path: Path, look: Look | None = None) -> Path:
    """H.264 and AAC in MP4, a key picture every two seconds."""
    look = look or Look()
    picture = f"testsrc2=size={look.size}:rate=25,hue=h={look.hue}"
    sound = f"sine=frequency={look.tone}:sample_rate={look.rate}"
    ffmpeg(
        *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-t", look.seconds),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
        *("-g", 25 * PIECE, "-keyint_min", 25 * PIECE, "-sc_threshold", 0, "-c:a", "aac", path),
    )
    return path


def hls(source: Path, folder: Path, *options: object, fmp4: bool = False) -> Path:
    """Pack a film into pieces; ``index.m3u8`` in ``folder`` names them."""
    folder.mkdir(parents=True)
    kind = ("-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", "init.mp4") if fmp4 else ()
    name = "seg-%03d.m4s" if fmp4 else "seg-%03d.ts"
    ffmpeg(
        *("-i", source, *(options or ("-c", "copy")), "-f", "hls", "-hls_time", PIECE),
        *("-hls_playlist_type", "vod", *kind, "-hls_segment_filename", folder / name),
        folder / "index.m3u8",
    )
    return folder


def rendition(source: Path, folder: Path, kind: str, *options: object) -> Path:
    """Picture (``v``) or sound (``a``) alone."""
    return hls(source, folder, "-map", f"0:{kind}", "-c", "copy", *options)


def encrypted(
    folder: Path, target: Path, key: bytes, iv: bytes | None = None, *, first: int = 0
) -> Path:
    """The same pieces under AES-128; without an IV each has its number, counted from ``first``."""
    target.mkdir(parents=True)
    (target / "key").write_bytes(key)
    named = f",IV=0x{iv.hex()}" if iv else ""
    text = (folder / "index.m3u8").read_text()
    line = f'#EXT-X-KEY:METHOD=AES-128,URI="key"{named}\n#EXTINF'
    (target / "index.m3u8").write_text(text.replace("#EXTINF", line, 1))
    for number, piece in enumerate(sorted(folder.glob("seg-*")), start=first):
        data = locked(piece.read_bytes(), key, iv or number.to_bytes(16, "big"))
        (target / piece.name).write_bytes(data)
    return target


def locked(data: bytes, key: bytes, iv: bytes) -> bytes:
    """Under AES-128."""
    padding = 16 - len(data) % 16
    coder = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return coder.update(data + bytes([padding]) * padding)


def master(folder: Path, variants: Sequence[str], media: Sequence[str] = ()) -> Path:
    """``master.m3u8`` with these lines: each variant as "attributes uri"."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", *(f"#EXT-X-MEDIA:{one}" for one in media)]
    for variant in variants:
        attributes, uri = variant.rsplit(" ", 1)
        lines += [f"#EXT-X-STREAM-INF:{attributes}", uri]
    (folder / "master.m3u8").write_text("\n".join([*lines, ""]))
    return folder


def serve(server: MediaServer, folder: Path, prefix: str = "") -> dict[str, File]:
    """Serve a folder's files; they may be broken by what is returned, by their path in it."""
    served: dict[str, File] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            served[name] = File(path.read_bytes(), etag=f'"{len(served)}-{path.stat().st_size}"')
            server.routes[f"{prefix}/{name}"] = served[name]
    return served

"""The pieces of a stream on disk: kept until all are there, and joined anew by each try."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# Beside the pieces: which playlists they are of.
_PLAYLISTS = "playlists"


def pieces_in(folder: Path) -> list[Path]:
    """The pieces of streams that are in a folder, whole ones and those still to be gone on with."""
    return list(folder.glob("*.part-Frag*"))


def join_anew(folder: Path) -> dict[str, list[int]]:
    """Let yt-dlp join the pieces that are there from the first one on.

    With several pieces fetched at a time, its note of how many were joined can be ahead of the
    file: gone on with, that leaves a hole. The pieces are whole: each is renamed when it is.

    Returns:
        The sizes of the whole pieces there, by the name of the file they will be joined to.
    """
    for note in folder.glob("*.ytdl"):
        note.with_suffix(".part").unlink(missing_ok=True)
        note.unlink()
    there: dict[str, list[int]] = {}
    for piece in pieces_in(folder):
        if piece.suffix != ".part":
            name = piece.name.rpartition(".part-Frag")[0]
            there.setdefault(name, []).append(piece.stat().st_size)
    return there


def drop_others(folder: Path, playlists: str, there: dict[str, list[int]]) -> None:
    """Delete the pieces of other playlists than these: they are told apart by their place alone.

    The same link may lead to another quality, or to the same film with advertisements.
    """
    note = folder / _PLAYLISTS
    if note.is_file() and note.read_text() == playlists:
        return
    for piece in pieces_in(folder):
        piece.unlink()
    there.clear()
    note.write_text(playlists)


def forget(folder: Path) -> None:
    """Delete the pieces: all of them are joined."""
    for left in (folder / _PLAYLISTS, *pieces_in(folder)):
        left.unlink(missing_ok=True)


def fingerprint(playlists: Sequence[str], formats: Sequence[Mapping[str, Any]]) -> str:
    """What differs where the pieces do: of HLS the playlists, of DASH what the formats list."""
    told = [_named(text) for text in playlists] + [_fragments(one) for one in formats]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _named(playlist: str) -> list[str]:
    """The lengths and names of the pieces, without what is signed anew with each link."""
    lines = re.findall(r"^(?:#EXTINF:[0-9.]+|#EXT-X-BYTERANGE:.*|[^#\s].*)", playlist, re.M)
    return [_name(line) for line in lines]


def _fragments(chosen: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The same of DASH."""
    return [
        (_name(str(piece.get("url") or piece.get("path"))), piece.get("duration"))
        for piece in chosen.get("fragments") or ()
    ]


def _name(address: str) -> str:
    return address.partition("?")[0].rpartition("/")[2].strip()

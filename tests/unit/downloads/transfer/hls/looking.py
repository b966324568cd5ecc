"""What is in a file that was fetched."""

from __future__ import annotations

from pathlib import Path

import av


def pictures(path: Path) -> list[tuple[int, int]]:
    """The size of each picture that decodes."""
    with av.open(str(path)) as container:
        return [(frame.width, frame.height) for frame in container.decode(video=0)]


def tracks(path: Path) -> list[tuple[str, str]]:
    with av.open(str(path)) as container:
        return [(stream.type, stream.metadata.get("language", "")) for stream in container.streams]

"""Is a file really playable, to its last second?"""

from __future__ import annotations

from pathlib import Path

import av


def decoded_seconds(path: Path) -> dict[str, float]:
    """Decode every frame; the end of the last one, in seconds, by kind of stream."""
    with av.open(str(path)) as container:
        ends = {}
        for kind in ("video", "audio"):
            stream = getattr(container.streams, kind)[0]
            container.seek(0)
            last = max(frame.time for frame in container.decode(stream) if frame.time is not None)
            ends[kind] = float(last)
        return ends


def announced_seconds(path: Path) -> float:
    with av.open(str(path)) as container:
        assert container.duration is not None
        return container.duration / av.time_base


def assert_playable(path: Path, *, at_least: float) -> None:
    announced = announced_seconds(path)
    assert announced >= at_least
    for kind, end in decoded_seconds(path).items():
        assert end > announced - 0.5, f"{kind} of {path.name} ends at {end} of {announced} s"

"""Writing what has come to its place in a file."""

from __future__ import annotations

import os

# Each write lets go of the interpreter, and a thread that wants it back waits for the one that
# muxes: few are better than many. But those of 1 MiB make the system look for blocks of memory as
# large as that. On a virtual machine that gives back what it does not use, they have to be had from
# its host first: four times the processor. Up to half of that costs nothing (Linux 6.18, ext4).
WRITE_BYTES = 256 << 10


def write_at(file: int, data: memoryview, at: int) -> None:
    """Write all of ``data`` from offset ``at`` on.

    Raises:
        OSError: the disk does not take it.
    """
    while data:
        written = os.pwrite(file, data[:WRITE_BYTES], at)
        data, at = data[written:], at + written

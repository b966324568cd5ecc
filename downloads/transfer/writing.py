"""Writing what has come to its place in a file."""

from __future__ import annotations

import os

# Larger writes make the system look for larger blocks of memory. On a virtual machine that gives
# back what it does not use, those have to be had from its host first: ten times the processor.
WRITE_BYTES = 64 << 10


def write_at(file: int, data: memoryview, at: int) -> None:
    """Write all of ``data`` from offset ``at`` on.

    Raises:
        OSError: the disk does not take it.
    """
    while data:
        written = os.pwrite(file, data[:WRITE_BYTES], at)
        data, at = data[written:], at + written

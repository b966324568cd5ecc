"""What is known of a piece from having received it, so that it is not read again to find out."""

from __future__ import annotations

import zlib

from downloads.transfer.hls.looks import HEAD
from downloads.transfer.packets import Arriving


class Received:
    """A piece that comes whole and in one go, into the same memory again and again.

    Args:
        buffer: what comes is received into it, each time from its begin.

    Attributes:
        size: bytes so far.
        crc: CRC-32 of them.
        head: the first of them, as many as tell what they are.
    """

    def __init__(self, buffer: bytearray) -> None:
        self._buffer = buffer
        self._view = memoryview(buffer)
        self._packets = Arriving(buffer)
        self.size = 0
        self.crc = 0
        self.head = b""

    def take(self, size: int) -> None:
        """So many bytes have come."""
        self.crc = zlib.crc32(self._view[:size], self.crc)
        self.size += size
        if len(self.head) < HEAD:
            self.head += self._view[: min(size, HEAD - len(self.head))]
        self._packets.take(size)

    def is_sound(self, container: str) -> bool:
        """Whether nothing is missing or damaged; where it says no, nothing is known."""
        return container == "mpegts" and self._packets.ends_sound()

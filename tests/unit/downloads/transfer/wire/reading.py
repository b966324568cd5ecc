"""Reading answers to their end."""

from __future__ import annotations

from downloads.transfer.wire import Answer


def read(answer: Answer, buffer: int = 1 << 20) -> bytes:
    """All of a body."""
    data = bytearray()
    read_to(data, answer, buffer)
    return bytes(data)


def read_to(data: bytearray, answer: Answer, buffer: int = 1 << 20) -> None:
    """The same, where what comes before an error is wanted too."""
    piece = memoryview(bytearray(buffer))
    while got := answer.readinto(piece):
        data += piece[:got]

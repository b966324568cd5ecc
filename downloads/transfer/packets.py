"""Whether packets of a transport stream were lost or written over.

Players look past both and show a broken picture; so does the muxer. Here it is seen from the four
bytes that each packet begins with, taken out of many packets at once: a step of Python for each
would cost more than all the rest of a transfer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

PACKET = 188  # bytes
_PACKETS = 1394  # looked at together: 256 KiB, which a processor keeps near
_BLOCK = _PACKETS * PACKET
_SIGN = b"G"  # the first byte of each packet
_REACH = 1 << 16  # bytes in which demuxers look for the next packet before they give up
_MOST_STREAMS = 16  # looked at; a film has two or three
_SAMPLES = 256  # packets, spread over the first block, that tell which streams there are
_RESERVED = 32  # streams below are tables, which count as they like
_FILLING = 0x1FFF  # the stream of packets that carry nothing
_BEGINS, _NUMBER_HIGH = 0x40, 0x1F  # in the second byte
_HAS_EXTRA, _HAS_PAYLOAD, _COUNTER = 0x20, 0x10, 0x0F  # in the fourth
_JUMPS = 0x80  # in the sixth, where there is something extra: the counter may begin anew

# Each of the three marks a packet as one to leave out; the counter has the bits below.
_OTHER_HIGH, _OTHER_LOW, _WITHOUT_PAYLOAD = 0x10, 0x20, 0x40
_LEFT_OUT = bytes(range(0x10, 0x100))
_COUNTERS = bytes(
    byte & _COUNTER if byte & _HAS_PAYLOAD else _WITHOUT_PAYLOAD for byte in range(256)
)
_ROUND = bytes(range(16)) * (_PACKETS // 16 + 2)


def is_damaged(path: Path) -> bool:
    """Whether something is missing or overwritten within a transport stream.

    It is, where packets are no packets any more, where their sender has marked one as damaged, and
    where a counter jumps in the middle of a picture or of a packet of sound. Between two of them
    it may: streams are joined there. A little that stands behind the last packet damages nothing.

    Args:
        path: begins with a packet.
    """
    look = _Look()
    buffer = bytearray(_BLOCK)
    at = 0
    with path.open("rb") as file:
        while True:
            file.seek(at)
            whole = file.readinto(buffer) // PACKET
            good = _good(buffer, 0, whole)
            if look.is_torn(buffer, 0, good):
                return True
            at += good * PACKET
            if good < whole or not whole:
                found = _next_packets(file, at)
                if found is None:
                    return False
                if found < 0 or not (found - at) % PACKET:
                    return True
                at = found


def _next_packets(file: BinaryIO, lost: int) -> int | None:
    """Where packets begin again behind the place where they ended.

    None where the file ends first, -1 where that is too far for a demuxer.
    """
    file.seek(lost)
    data = file.read(_REACH + 2 * PACKET + 1)
    at = data.find(_SIGN)
    while 0 <= at < _REACH:
        if data[at : at + 2 * PACKET + 1 : PACKET] == _SIGN * 3:
            return lost + at
        at = data.find(_SIGN, at + 1)
    return None if len(data) <= _REACH else -1


class Arriving:
    """Packets that are looked at where they arrive, so that they need not be read once more.

    It says only what is beyond doubt: what it does not call sound is for :func:`is_damaged`.

    Args:
        buffer: what comes is received into it, each time from its begin.
    """

    def __init__(self, buffer: bytearray) -> None:
        self._buffer = buffer
        self._look = _Look()
        self._begun = bytearray()  # what has come and is not looked at yet
        self._is_sound = True

    def ends_sound(self) -> bool:
        """Whether nothing is wrong with what has come, down to the last byte: this is the end."""
        if self._is_sound and not self._look.has_begun:
            self._judge_all(bytearray(self._begun))  # all there is, however little
        return self._is_sound and self._look.has_begun and not self._begun

    def take(self, size: int) -> None:
        """Look at the first bytes of the buffer."""
        if not self._is_sound:
            return
        if self._look.has_begun or (size >= _BLOCK and not self._begun):
            self._judge_buffer(size)
            return
        # Too few tell not all of the streams, and a slow server sends few at first.
        self._begun += memoryview(self._buffer)[:size]
        if len(self._begun) >= _BLOCK:
            self._judge_all(self._begun)

    def _judge_buffer(self, size: int) -> None:
        at = min(-len(self._begun) % PACKET, size)
        if at:
            self._begun += memoryview(self._buffer)[:at]
            if len(self._begun) < PACKET:
                return
            self._judge(self._begun, 0, 1)
        self._judge_rest(self._buffer, at, size)

    def _judge_all(self, data: bytearray) -> None:
        self._judge_rest(data, 0, len(data))

    def _judge_rest(self, data: bytearray, at: int, size: int) -> None:
        end = size - (size - at) % PACKET
        for place in range(at, end, _BLOCK):
            self._judge(data, place, min(_PACKETS, (end - place) // PACKET))
        self._begun = data[end:size]

    def _judge(self, buffer: bytearray, at: int, packets: int) -> None:
        is_torn = _good(buffer, at, packets) < packets or self._look.is_torn(buffer, at, packets)
        if is_torn or not self._look.has_begun:
            self._is_sound = False


def _good(buffer: bytearray, at: int, packets: int) -> int:
    """How many are packets before the first that is none."""
    signs = buffer[at : at + packets * PACKET : PACKET]
    return packets - len(signs.lstrip(_SIGN))


@dataclass(slots=True)
class _Look:
    """At blocks of packets, one after the other."""

    _next: dict[int, int] = field(default_factory=dict)  # of each stream the counter to come
    _streams: list[int] = field(default_factory=list)

    @property
    def has_begun(self) -> bool:
        """Whether the streams are known."""
        return bool(self._streams)

    def is_torn(self, buffer: bytearray, at: int, packets: int) -> bool:
        """Whether one of so many packets, from an offset on, says that something is wrong."""
        if not packets:
            return False
        end = at + packets * PACKET
        highs, lows = buffer[at + 1 : end : PACKET], buffer[at + 2 : end : PACKET]
        flags = buffer[at + 3 : end : PACKET]
        if not highs.isascii():  # the highest bit: "cannot be mended"
            return True
        if not self._streams:
            self._streams = _streams_of(highs, lows)
        counters = int.from_bytes(flags.translate(_COUNTERS))
        for stream in self._streams:
            left_out = (
                counters
                | int.from_bytes(highs.translate(_all_but(stream >> 8, _NUMBER_HIGH, _OTHER_HIGH)))
                | int.from_bytes(lows.translate(_all_but(stream & 0xFF, 0xFF, _OTHER_LOW)))
            )
            counted = left_out.to_bytes(packets).translate(None, _LEFT_OUT)
            if not counted:
                continue
            expected = self._next.get(stream, counted[0])
            self._next[stream] = (counted[-1] + 1) & _COUNTER
            is_even = _ROUND.startswith(counted, expected)
            if not is_even and _tears(_of(stream, memoryview(buffer)[at:end]), expected):
                return True
        return False


def _tears(packets: Iterator[memoryview], expected: int) -> bool:
    """Whether a counter jumps that does not count on evenly, packet by packet."""
    for packet in packets:
        counter = packet[3] & _COUNTER
        is_repeated = (counter + 1) & _COUNTER == expected
        may_jump = packet[1] & _BEGINS or (
            packet[3] & _HAS_EXTRA and packet[4] and packet[5] & _JUMPS
        )
        if counter != expected and not is_repeated and not may_jump:
            return True
        expected = (counter + 1) & _COUNTER
    return False


def _of(stream: int, view: memoryview) -> Iterator[memoryview]:
    """A stream's packets that carry something."""
    for at in range(0, len(view), PACKET):
        packet = view[at : at + PACKET]
        number = (packet[1] & _NUMBER_HIGH) << 8 | packet[2]
        if number == stream and packet[3] & _HAS_PAYLOAD:
            yield packet


def _streams_of(highs: bytearray, lows: bytearray) -> list[int]:
    """The numbers of the streams whose packets are counted."""
    step = max(1, len(highs) // _SAMPLES)
    pairs = zip(highs[::step], lows[::step], strict=True)
    found = {(high & _NUMBER_HIGH) << 8 | low for high, low in pairs}
    return sorted(one for one in found if _RESERVED <= one < _FILLING)[:_MOST_STREAMS]


@lru_cache(maxsize=256)
def _all_but(value: int, bits: int, mark: int) -> bytes:
    """A table that marks each byte which has not this value in these bits."""
    return bytes(0 if byte & bits == value else mark for byte in range(256))

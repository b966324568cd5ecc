"""Packets of a transport stream: which losses are seen, and what is none."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from downloads.transfer.packets import PACKET, Arriving, is_damaged
from downloads.transfer.streams import fault_of
from tests.unit.downloads.transfer.films import Films

Packets = list[bytearray]
Judge = Callable[[Packets], bool]
PICTURE, SOUND = 0x100, 0x101  # as ffmpeg numbers them
BEGINS = 0x40
RUBBISH = 8_000  # bytes


@pytest.fixture(scope="module")
def media(films: Films) -> bytes:
    """Real picture and sound, more than one block of packets."""
    made = films.ts(films.base(seconds=12, size="640x360")).read_bytes()
    assert len(made) > 3 << 18
    return made


@pytest.fixture
def packets(media: bytes) -> Packets:
    return [bytearray(media[at : at + PACKET]) for at in range(0, len(media), PACKET)]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    def judged(packets: Packets) -> bool:
        path = tmp_path / "piece.ts"
        path.write_bytes(b"".join(packets))
        # What was called sound while it came is not looked at again.
        if any(arrives_sound(path.read_bytes(), size) for size in (1 << 20, 300_001, 1_000)):
            assert fault_of(path, "mpegts") == ""
        return is_damaged(path)

    return judged


def arrives_sound(data: bytes | bytearray, size: int) -> bool:
    """Whether it is called sound as it comes, so many bytes at a time."""
    buffer = bytearray(size)
    arriving = Arriving(buffer)
    for at in range(0, len(data), size):
        part = data[at : at + size]
        buffer[: len(part)] = part
        arriving.take(len(part))
    return arriving.ends_sound()


def number_of(packet: bytearray) -> int:
    return (packet[1] & 0x1F) << 8 | packet[2]


def inside(packets: Packets, stream: int = PICTURE, *, begin: int = 1_500) -> int:
    """Where a packet is that goes on with what the one before it has begun."""
    of_it = [at for at, one in enumerate(packets) if at >= begin and number_of(one) == stream]
    pairs = itertools.pairwise(of_it)
    return next(
        at for at, later in pairs if not packets[at][1] & BEGINS and not packets[later][1] & BEGINS
    )


def begin_of(packets: Packets, stream: int = PICTURE) -> int:
    return next(
        at
        for at, one in enumerate(packets)
        if at > 1_500 and number_of(one) == stream and one[1] & BEGINS
    )


def count_on_by(packets: Packets, stream: int, first: int, steps: int) -> None:
    """Let a stream's counter jump before a packet."""
    for packet in packets[first:]:
        if number_of(packet) == stream:
            packet[3] = packet[3] & 0xF0 | (packet[3] + steps) & 0x0F


def rubbish(size: int) -> bytearray:
    return bytearray(random.Random(7).randbytes(size).replace(b"G", b"x"))


def test_a_whole_stream_is_not_damaged(packets: Packets, judge: Judge) -> None:
    assert not judge(packets)
    assert not judge(packets[:1])
    assert not judge(packets[:100])


@pytest.mark.parametrize("size", [1 << 20, 300_001, 1_394 * PACKET, 1_400 * PACKET, 10_000_000])
def test_a_whole_stream_is_sound_when_all_has_come(media: bytes, size: int) -> None:
    assert arrives_sound(media, size)
    assert not arrives_sound(media[:-1], size)
    assert not arrives_sound(media + b"x", size)
    assert arrives_sound(media[: 100 * PACKET], size)


@pytest.mark.parametrize("size", [1 << 20, 300_001])
def test_what_is_damaged_is_not_sound_when_it_comes(packets: Packets, size: int) -> None:
    """On the border of what comes together, and elsewhere."""
    border = size // PACKET
    for at in (inside(packets), inside(packets, begin=border - 2), inside(packets, begin=border)):
        without = [*packets[:at], *packets[at + 1 :]]
        assert not arrives_sound(b"".join(without), size)
        marked = bytearray(b"".join(packets))
        marked[at * PACKET + 1] |= 0x80
        assert not arrives_sound(marked, size)
        marked = bytearray(b"".join(packets))
        marked[at * PACKET] = 0
        assert not arrives_sound(marked, size)


@pytest.mark.parametrize("size", [1_393 * PACKET, 1_000, 100])
def test_how_little_comes_at_a_time_changes_nothing(
    media: bytes, packets: Packets, size: int
) -> None:
    """A slow server sends few bytes at first; which streams there are is told from many packets."""
    assert arrives_sound(media, size)
    assert not Arriving(bytearray(10)).ends_sound()
    for stream in (PICTURE, SOUND):
        for begin in (200, 1_500):
            at = inside(packets, stream, begin=begin)
            assert not arrives_sound(b"".join([*packets[:at], *packets[at + 1 :]]), size)


@pytest.mark.parametrize("begin", [3, 1_300, 1_393, 1_394, 2_500])
@pytest.mark.parametrize("offset", [0, 1, 100, 187])
def test_rubbish_in_the_place_of_packets_damages(
    packets: Packets, judge: Judge, begin: int, offset: int
) -> None:
    written = bytearray(b"".join(packets))
    at = begin * PACKET + offset
    written[at : at + RUBBISH] = rubbish(RUBBISH)
    assert judge([written])


def test_rubbish_between_packets_damages_nothing_but_in_their_place_it_does(
    packets: Packets, judge: Judge
) -> None:
    at = inside(packets)
    assert not judge([*packets[:at], rubbish(501), *packets[at:]])
    assert judge([*packets[:at], rubbish(501), *packets[at + 1 :]])


def test_more_rubbish_than_a_demuxer_looks_past_damages(packets: Packets, judge: Judge) -> None:
    at = inside(packets)
    assert judge([*packets[:at], rubbish(70_001), *packets[at:]])


@pytest.mark.parametrize("behind", [b"\0" * 900, b"<html>", b"G" + b"\0" * 186, b"x" * 40_000])
def test_what_stands_behind_the_last_packet_damages_nothing(
    packets: Packets, judge: Judge, behind: bytes
) -> None:
    assert not judge([*packets, bytearray(behind)])


@pytest.mark.parametrize("stream", [PICTURE, SOUND])
def test_a_packet_that_is_missing_within_a_picture_or_sound_damages(
    packets: Packets, judge: Judge, stream: int
) -> None:
    at = inside(packets, stream)
    assert judge([*packets[:at], *packets[at + 1 :]])


def test_it_is_seen_over_the_border_of_two_blocks(packets: Packets, judge: Judge) -> None:
    at = inside(packets)
    for border in (1_393, 1_394, 1_395):  # how many packets come before the one that is lost
        shifted = packets[at - border : at] + packets[at + 1 :]
        assert judge(shifted)


def test_a_counter_may_jump_where_a_picture_begins(packets: Packets, judge: Judge) -> None:
    """Streams are joined there, each with a counter of its own."""
    count_on_by(packets, PICTURE, begin_of(packets), 5)
    assert not judge(packets)


def test_a_counter_may_jump_where_the_stream_says_so(packets: Packets, judge: Judge) -> None:
    at = inside(packets)
    count_on_by(packets, PICTURE, at, 5)
    assert judge(packets)
    extra = packets[at]
    extra[3] |= 0x20
    extra[4:6] = bytes([1, 0x80])  # of length one: the counter begins anew
    assert not judge(packets)


def test_a_packet_may_come_twice(packets: Packets, judge: Judge) -> None:
    at = inside(packets)
    assert not judge([*packets[: at + 1], *packets[at:]])


def test_tables_and_filling_count_as_they_like(packets: Packets, judge: Judge) -> None:
    for packet in packets:
        if number_of(packet) not in {PICTURE, SOUND}:
            packet[3] &= 0xF0
    filling = bytearray(b"G\x1f\xff\x10" + b"\xff" * 184)
    assert not judge([*packets[:700], filling, filling, filling, *packets[700:]])


def test_a_packet_without_payload_does_not_count(packets: Packets, judge: Judge) -> None:
    at = inside(packets)
    clock = bytearray(b"G\x01\x00\x20\xb7\x00" + b"\xff" * 182)
    clock[3] |= packets[at - 1][3] & 0x0F
    assert not judge([*packets[:at], clock, *packets[at:]])


def test_what_its_sender_calls_damaged_is(packets: Packets, judge: Judge) -> None:
    packets[inside(packets)][1] |= 0x80
    assert judge(packets)


def test_many_streams_and_nothing_but_rubbish_end_in_time(judge: Judge) -> None:
    """Every packet of another stream, all counters in disorder: looked at, and not for long."""
    chance = random.Random(3)
    made = [
        bytearray(b"G" + bytes([chance.randrange(0x20)]) + chance.randbytes(186))
        for _ in range(6_000)
    ]
    assert judge(made)
    assert judge([bytearray(b"G" * 188), bytearray(b"x" * 3_000_000)])

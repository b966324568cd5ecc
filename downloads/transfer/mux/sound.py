"""How long a packet of sound lasts, told from its own header."""

from __future__ import annotations

from av.packet import Packet
from av.stream import Stream

_ADTS_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000)
_SAMPLES = {"aac": 1024, "ac3": 1536, "eac3": 1536, "mp2": 1152, "mp3": 1152, "flac": 4096}
_HALVED_BELOW = 32_000  # MPEG-2 puts half as many samples of low rates into a packet of MP3
_OPUS = 0.02


def seconds_of_sound(codec: str, packet: Packet[Stream]) -> float:
    """The seconds of a packet.

    Args:
        codec: as libav calls it.
        packet: the first one of its stream.
    """
    if codec == "opus":
        return _OPUS
    rate = getattr(packet.stream.codec_context, "sample_rate", 0) or 48_000
    samples = _SAMPLES.get(codec.removesuffix("float"), 1024)
    if codec.startswith("mp3") and rate < _HALVED_BELOW:
        samples //= 2
    head = bytes(packet)[:7]
    if codec == "aac" and len(head) == 7 and head[0] == 0xFF and head[1] & 0xF0 == 0xF0:
        # The header tells the rate of the core, which HE-AAC doubles; and one block fewer than are.
        index = head[2] >> 2 & 0xF
        rate = _ADTS_RATES[index] if index < len(_ADTS_RATES) else rate
        samples *= (head[6] & 3) + 1
    return samples / rate

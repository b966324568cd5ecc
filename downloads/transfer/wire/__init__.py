"""The HTTP client that fetches media: one for a source, shared by the threads of a transfer."""

from downloads.transfer.wire.answer import Answer
from downloads.transfer.wire.asking import ByteRange, Small
from downloads.transfer.wire.client import MediaClient
from downloads.transfer.wire.concurrency import Concurrency
from downloads.transfer.wire.limiter import Limiter
from downloads.transfer.wire.pauses import HostPauses, Pauses
from downloads.transfer.wire.stopping import Stopped

__all__ = [
    "Answer",
    "ByteRange",
    "Concurrency",
    "HostPauses",
    "Limiter",
    "MediaClient",
    "Pauses",
    "Small",
    "Stopped",
]

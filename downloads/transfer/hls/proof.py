"""Whether pieces that are there are of what is fetched now.

A link that was signed anew may lead to another encoding whose pieces have the same names and
lengths. So the begin of two of them is asked for again: what differs there differs everywhere. A
validator says nothing: another server of the same hoster may have others for the same bytes.
"""

from __future__ import annotations

import logging

from downloads.transfer.errors import FragmentMissing
from downloads.transfer.hls.keys import BLOCK, Keyring
from downloads.transfer.hls.looks import container_of_piece
from downloads.transfer.hls.piece import Stream
from downloads.transfer.hls.playlist import Piece
from downloads.transfer.hls.store import Entry
from downloads.transfer.wire import Answer, ByteRange, MediaClient

logger = logging.getLogger(__name__)

SAMPLE = 16_384  # bytes of each


def prove(client: MediaClient, stream: Stream, keys: Keyring) -> None:
    """Delete what is there of a stream where it is of something else.

    Raises:
        TransferError: the server does not answer for it.
    """
    entries = [one for one in stream.store.entries() if one.number < len(stream.pieces)]
    intact = [one for one in (*entries[:1], *entries[1:][-1:]) if _is_there(stream, one)]
    if entries and not all(_is_same(client, stream, one, keys) for one in intact):
        logger.info("folder=%s is of another stream: fetched anew", stream.store.folder.name)
        stream.store.forget()


def begin_of(client: MediaClient, piece: Piece) -> int:
    """Ask for the begin of a piece, and see that it is one.

    Returns:
        The bytes that came.

    Raises:
        FragmentMissing: the server has none, or something else in its place.
        TransferError: it does not answer for it.
    """
    named = piece.resource.byte_range
    size = SAMPLE if named is None or named.length is None else min(SAMPLE, named.length)
    where = ByteRange(named.first if named else 0, size)
    with client.open(piece.resource.url, byte_range=where) as answer:
        head = _first(answer, size)
    if not head:
        raise FragmentMissing
    if piece.resource.key is None:  # what is encrypted is like nothing until all of it is there
        container_of_piece(head)
    return len(head)


def _is_there(stream: Stream, entry: Entry) -> bool:
    return stream.store.is_intact(entry.number)


def _is_same(client: MediaClient, stream: Stream, entry: Entry, keys: Keyring) -> bool:
    piece = stream.pieces[entry.number]
    named = piece.resource.byte_range
    size = min(entry.length, SAMPLE) + entry.cut
    if named is not None and named.length is not None:
        size = min(size, named.length)
    where = ByteRange(named.first if named else 0, size)
    with client.open(piece.resource.url, byte_range=where) as answer:
        if (answer.total or answer.length or 0) != entry.total:
            return False
        sample = _first(answer, size)
    if len(sample) < size:  # nothing is like anything
        return False
    opener = keys.opener(piece.resource, piece.sequence)
    if opener is not None:
        whole = len(sample) // BLOCK * BLOCK
        # Its last block may be padding, which is not there any more.
        sample = opener.update(sample[:whole])[: entry.length]
    with stream.store.path(entry.number).open("rb") as file:
        return file.read(len(sample) - entry.cut) == sample[entry.cut :]


def _first(answer: Answer, size: int) -> bytes:
    buffer = memoryview(bytearray(size))
    got = 0
    while got < size and (read := answer.readinto(buffer[got:])):
        got += read
    return bytes(buffer[:got])

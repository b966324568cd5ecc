"""AES-128: the keys of a stream, and what they open (RFC 8216, 5.2)."""

from __future__ import annotations

import threading
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

from downloads.transfer.errors import FragmentMissing
from downloads.transfer.hls.playlist import Resource
from downloads.transfer.wire import MediaClient

BLOCK = 16
_CHUNK = 1 << 20


class Keyring:
    """The keys of one source, each asked for once."""

    def __init__(self, client: MediaClient) -> None:
        self._client = client
        self._keys: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def opener(self, resource: Resource, sequence: int) -> CipherContext | None:
        """What decrypts a resource; None where it is not encrypted.

        Args:
            sequence: the number of the piece, which is the IV where the playlist gives none.

        Raises:
            FragmentMissing: what is said to be the key is none.
            TransferError: it cannot be had.
        """
        if resource.key is None:
            return None
        iv = resource.key.iv or sequence.to_bytes(BLOCK, "big")
        return Cipher(algorithms.AES(self._key(resource.key.url)), modes.CBC(iv)).decryptor()

    def _key(self, url: str) -> bytes:
        with self._lock:
            if url not in self._keys:
                key = self._client.small(url, most=4_096).data
                if len(key) != BLOCK:
                    raise FragmentMissing(why="key")
                self._keys[url] = key
            return self._keys[url]


def decrypt_file(source: Path, target: Path, opener: CipherContext) -> None:
    """Decrypt a whole file.

    Raises:
        FragmentMissing: it does not end as an encrypted file does.
    """
    buffer = memoryview(bytearray(_CHUNK))
    opened = memoryview(bytearray(_CHUNK + BLOCK))
    last = b""
    with source.open("rb", buffering=0) as reader, target.open("wb", buffering=0) as writer:
        while read := reader.readinto(buffer):
            writer.write(last)
            size = opener.update_into(buffer[:read], opened)
            whole = max(size - BLOCK, 0)
            writer.write(opened[:whole])
            last = bytes(opened[whole:size])
        writer.write(_unpadded(last))


def decrypted(data: bytes, opener: CipherContext | None) -> bytes:
    """A small resource as it was before it was encrypted."""
    if opener is None:
        return data
    if len(data) % BLOCK:
        raise FragmentMissing(why="key")
    opened = opener.update(data)
    return opened[:-BLOCK] + _unpadded(opened[-BLOCK:])


def _unpadded(block: bytes) -> bytes:
    padding = block[-1] if block else 0
    if not 1 <= padding <= BLOCK or block[-padding:] != bytes([padding]) * padding:
        raise FragmentMissing(why="key")
    return block[:-padding]

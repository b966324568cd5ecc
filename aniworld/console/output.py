"""What a command says to whoever started it, and goes on without when nobody listens any more.

A scan or a download must not fail because its output went to ``head``, or to one that closed it.
"""

from __future__ import annotations

import os
import sys
from io import TextIOBase
from pathlib import Path
from typing import TextIO


def open_closed_streams() -> None:
    """Give standard streams that were closed before the start (``>&-``) the null device.

    Python leaves them as ``None``, and the next file to be opened would get their number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - stays open


def abandon(standard: TextIO) -> None:
    """Send what is still to come to the null device: the reader has gone, as with ``| head``.

    Else Python fails when it flushes the stream at its end.
    """
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, standard.fileno())
    os.close(null)


class Output:
    """Standard output or error of a command; from the moment its reader has gone, nothing.

    Args:
        stream: where the lines go, as Django gives it to a command.
        standard: the stream of ``sys`` behind it, which Python flushes when it ends.
    """

    def __init__(self, stream: TextIOBase, standard: TextIO) -> None:
        self._stream = stream
        self._standard = standard
        self._is_read = True

    def line(self, text: str) -> None:
        if not self._is_read:
            return
        try:
            self._stream.write(text + "\n")
            self._stream.flush()
        except OSError:  # its reader has gone, or the disk that it is written to is full
            self._is_read = False
            abandon(self._standard)

    def isatty(self) -> bool:
        return self._stream.isatty()

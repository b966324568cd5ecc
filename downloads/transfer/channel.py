"""The child's end of the pipe: messages out, rate-limit slots in."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, NoReturn, TextIO

from downloads.transfer.messages import FetchJob, decode, encode, fetch_job
from providers.watching import Called, Fault, Rest

TELL_SECONDS = 0.25


class Channel:
    """Sends from any thread. When the worker is gone, so are we: nobody would take the result."""

    def __init__(self, reader: TextIO, writer: TextIO) -> None:
        self._reader = reader
        self._writer = writer
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._answers: queue.SimpleQueue[Mapping[str, Any]] = queue.SimpleQueue()
        self._limits = threading.Lock()
        self._limit: float | None = None
        self._on_limit: Callable[[float], None] | None = None

    def read_job(self) -> FetchJob | None:
        """The first line: the job. Starts to listen for answers after it.

        Returns:
            None where the worker went away, or had none for us after all.

        Raises:
            ValueError: it is no job.
        """
        line = self._reader.readline()
        if not line:
            return None
        message = decode(line)
        threading.Thread(target=self._listen, daemon=True).start()
        return fetch_job(message.body)

    def send(self, kind: str, body: Any) -> None:
        with self._lock:
            self._writer.write(encode(kind, body) + "\n")
            self._writer.flush()

    def ask(self, kind: str, body: dict[str, Any]) -> Mapping[str, Any]:
        """Send a question and wait for its answer; one question at a time."""
        with self._asking:
            self.send(kind, body)
            return self._answers.get()

    def follow_limit(self, on_limit: Callable[[float], None]) -> None:
        """Call ``on_limit`` with the bytes a second that may be taken, whenever the worker says
        another number; at once where it has already."""
        with self._limits:
            self._on_limit = on_limit
            if self._limit is not None:
                on_limit(self._limit)

    def _listen(self) -> None:
        for line in self._reader:
            message = decode(line)
            if message.kind == "limit":
                self._take_limit(float(message.body["rate"]))
            else:
                self._answers.put(message.body)
        end_process_group()

    def _take_limit(self, rate: float) -> None:
        with self._limits:
            self._limit = rate
            if self._on_limit is not None:
                self._on_limit(rate)


def end_process_group() -> NoReturn:
    """End at once, ffmpeg with us; what is on disk is good for the next try."""
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


class Received:
    """Counts the bytes that come from hosters, whatever becomes of them, and tells the worker how
    many they are by now. From any thread."""

    def __init__(self, channel: Channel, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._channel = channel
        self._clock = clock
        self._lock = threading.Lock()
        self._total = 0
        self._told = 0
        self._told_at = clock()

    def add(self, size: int) -> None:
        """So many more have come."""
        with self._lock:
            self._total += size
            if self._clock() - self._told_at >= TELL_SECONDS:
                self._tell()

    def finish(self) -> None:
        """Tell the last of them."""
        with self._lock:
            self._tell()

    def _tell(self) -> None:
        self._told_at = self._clock()
        if self._total != self._told:
            self._told = self._total
            self._channel.send("received", {"total": self._total})


class ChannelRateStore:
    """The rate store shared by all processes, asked for by way of the worker."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def reserve(self, site: str, *, interval: float) -> float:
        """Take the next slot; returns the seconds to wait before the request may go out."""
        return float(self._channel.ask("slot", {"site": site, "interval": interval})["wait"])

    def hold(self, site: str, *, seconds: float) -> None:
        """No slot for ``site`` before ``seconds`` from now."""
        self._channel.ask("hold", {"site": site, "seconds": seconds})


class ChannelWatch:
    """The watch shared by all processes, by way of the worker."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def rest(self, service: str, host: str) -> Rest:
        """How long it is still left alone."""
        return Rest(**self._channel.ask("rest", {"service": service, "host": host}))

    def note(self, called: Called) -> None:
        """One call has ended."""
        self._channel.send("called", called)

    def misread(self, service: str, error: Fault) -> None:
        """An answer came and could not be read."""
        self._channel.send("misread", {"service": service, "error": asdict(error)})


def standard_channel() -> Channel:
    """The pipe the worker gave us. Anything that prints by mistake goes to the log instead."""
    writer = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return Channel(sys.stdin, writer)

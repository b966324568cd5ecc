"""Several writers of one configuration, each a process, to be killed and begun anew."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Self

from aniworld.config import codec, migrations
from aniworld.config.schema import Config

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS = 120


class Writer:
    """A process that raises one setting, and the last number that it said was written."""

    def __init__(self, name: str, data_dir: Path) -> None:
        self.name = name
        self.said = 0
        environment = {**os.environ, "DATA_DIR": str(data_dir), "LOG_LEVEL": "ERROR"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.config_writer", name],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._has_written = threading.Event()
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def wait(self) -> None:
        """Until the first write is done."""
        assert self._has_written.wait(START_SECONDS), f"{self.name} writes nothing"

    def kill(self) -> int:
        """End it at once; returns the last number it said."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return self.said

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.endswith("\n"):
                self.said = int(line)
                self._has_written.set()


class Writers:
    """Two writers. Use as a context manager."""

    names = ("min_free_mb", "limit_kb_per_second")

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._writers: dict[str, Writer] = {}
        self._said = {name: getattr(Config().downloads, name) for name in self.names}
        self.kills = 0

    def __enter__(self) -> Self:
        for name in self.names:
            self._writers[name] = Writer(name, self._data_dir)
        for writer in self._writers.values():
            writer.wait()
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._writers.values():
            writer.kill()

    @property
    def written(self) -> int:
        """How many writes are in the file."""
        return self._read().version

    def let_write(self, *, seconds: float) -> None:
        """Let both go on for so long: the moment of the next kill."""
        time.sleep(seconds)

    def kill(self, name: str) -> None:
        """Kill one wherever it is; another takes its place when the file was looked at."""
        said = self._writers.pop(name).kill()
        self._said[name] = max(self._said[name], said)
        self.kills += 1
        self.check()
        self._writers[name] = Writer(name, self._data_dir)
        self._writers[name].wait()

    def check(self) -> None:
        """The file can be read, has all that was said to be written, and each write once."""
        said = {name: max(self._said[name], writer.said) for name, writer in self._writers.items()}
        config = self._read()
        for name in self.names:
            assert getattr(config.downloads, name) >= said.get(name, self._said[name]), name
        raised = sum(
            getattr(config.downloads, name) - getattr(Config().downloads, name)
            for name in self.names
        )
        assert config.version == raised
        assert not list(self._data_dir.glob("config.json.broken-*"))

    def _read(self) -> Config:
        """As any reader does, who knows nothing of locks."""
        content = (self._data_dir / "config.json").read_text(encoding="utf-8")
        return codec.parse(migrations.migrated(json.loads(content)))

"""The real product as separate processes, for tests that drive it as its owner would."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import requests
from websockets.sync.client import ClientConnection, connect

PROJECT = Path(__file__).resolve().parent.parent
START_SECONDS = 120
STOP_SECONDS = 60

_migrated: list[bytes] = []  # the database that the first product has made


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(condition: Callable[[], Any], *, seconds: float, what: str) -> Any:
    """Ask until ``condition`` is true; its value is returned."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)  # between two looks at another process
    raise AssertionError(f"waited {seconds} s in vain for {what}")


def children_of(pid: int) -> list[int]:
    """The processes that another one has begun, by any of its threads; none where it has gone."""
    children: list[int] = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            children += [int(child) for child in listed.read_text().split()]
    return children


def _arguments(pid: int) -> list[str]:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return []


def is_writable(database: Path) -> bool:
    """Whether nobody is writing to a database of SQLite at this moment."""
    with contextlib.closing(sqlite3.connect(database, timeout=0)) as asked:
        try:
            asked.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
    return True


class Product:
    """Web and worker on a data directory of their own.

    Use as a context manager; whatever was started is stopped at the end, by its own id.
    """

    def __init__(self, data_dir: Path, library: Path | None = None, **environment: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("COV_")},
            "DATA_DIR": str(data_dir),
            "ANIME_DIRECTORY": str(library) if library else "",
            "ALLOW_PRIVATE_HOSTS": "127.0.0.0/8,::1/128",
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        self.interpreter = [sys.executable]
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.logs: dict[str, Path] = {}
        self.session = requests.Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for name in list(self.processes):
            self.stop(name)
        self.session.close()

    def manage(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a management command to its end."""
        return self.python("manage.py", *arguments, timeout=timeout)

    def python(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a program of ours to its end, or to its death."""
        return subprocess.run(
            [*self.interpreter, *arguments],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def migrate(self) -> None:
        """Make the tables, by the command. On SQLite it is the same each time, and takes long: only
        the first product of a run makes them, the others get a copy."""
        database = Path(self.environment["DATA_DIR"]) / "aniworld.db"
        if self.environment.get("DATABASE_URL") or database.exists():
            self._migrate()
        elif _migrated:
            database.touch(mode=0o600)
            database.write_bytes(_migrated[0])
        else:
            self._migrate()
            with contextlib.closing(sqlite3.connect(database)) as made:
                made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            _migrated.append(database.read_bytes())

    def _migrate(self) -> None:
        done = self.manage("migrate", "--verbosity", "0")
        assert done.returncode == 0, done.stderr

    def start_web(self) -> None:
        self._start("web", "-m", "aniworld.server", "--host", "127.0.0.1", "--port", str(self.port))
        wait_until(
            self._web_answers, seconds=START_SECONDS, what=f"the web server\n{self.log('web')}"
        )

    def start_worker(self) -> None:
        self._start("worker", "manage.py", "runqueue")

    def stop(self, name: str, *, by: signal.Signals = signal.SIGTERM) -> int:
        process = self.processes.pop(name)
        if process.poll() is None:
            process.send_signal(by)
        try:
            return process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    @contextlib.contextmanager
    def held(self, command: str, *, of: str = "web") -> Iterator[None]:
        """Let a management command that a process of ours has begun stand still meanwhile.

        It is held where others can write: not with a transaction open, for which they would wait.
        """
        parent = self.processes[of].pid

        def found() -> list[int]:
            return [one for one in children_of(parent) if command in _arguments(one)]

        [child] = wait_until(found, seconds=START_SECONDS, what=command)

        def is_held() -> bool:
            os.kill(child, signal.SIGSTOP)
            if is_writable(self.data_dir / "aniworld.db"):
                return True
            os.kill(child, signal.SIGCONT)
            return False

        wait_until(is_held, seconds=START_SECONDS, what=f"a moment to hold {command}")
        try:
            yield
        finally:
            os.kill(child, signal.SIGCONT)

    def log(self, name: str) -> str:
        return self.logs[name].read_text(errors="replace") if name in self.logs else ""

    def _start(self, name: str, *command: str) -> None:
        self.logs[name] = self.data_dir / f"{name}.out"
        with self.logs[name].open("ab") as output:
            self.processes[name] = subprocess.Popen(
                [*self.interpreter, *command],
                cwd=PROJECT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def _web_answers(self) -> bool:
        process = self.processes["web"]
        assert process.poll() is None, f"the web server ended:\n{self.log('web')}"
        with contextlib.suppress(requests.ConnectionError, requests.Timeout):
            return requests.get(f"{self.address}/health", timeout=20).status_code == 200
        return False

    # --- as a program would use it

    def api(self, method: str, path: str, body: Any = None, *, expect: int | None = None) -> Any:
        """Call the API; the JSON of the answer, or None for an empty one."""
        answer = self.session.request(method, f"{self.address}/api/{path}", json=body, timeout=60)
        if expect is not None:
            assert answer.status_code == expect, f"{answer.status_code}: {answer.text[:2000]}"
        return answer.json() if answer.content else None

    def log_in(self, password: str) -> str:
        token: str = self.api("POST", "auth/login", {"password": password}, expect=200)[
            "access_token"
        ]
        self.session.headers["Authorization"] = f"Bearer {token}"
        return token

    @contextlib.contextmanager
    def live(self, token: str, *rooms: str) -> Iterator[Live]:
        """A WebSocket that has joined ``rooms``."""
        address = f"ws://127.0.0.1:{self.port}/ws/connect"
        headers = {"Authorization": f"Bearer {token}"}
        with connect(address, additional_headers=headers, proxy=None) as socket_:
            live = Live(socket_)
            for room in rooms:
                socket_.send(json.dumps({"action": "join", "room": room}))
            for room in rooms:
                live.wait_for_snapshot(room)
            yield live


class Live:
    """What came over a WebSocket, in order."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.messages: list[dict[str, Any]] = []

    def wait_for(
        self, kind: str, matches: Callable[[Any], bool] = lambda _data: True, *, seconds: float = 60
    ) -> dict[str, Any]:
        """Read on until a message of that type comes, or take one that came already."""
        for message in self.messages:
            if message["type"] == kind and matches(message["data"]):
                return message
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                message = json.loads(self.connection.recv(timeout=left))
                self.messages.append(message)
                if message["type"] == kind and matches(message["data"]):
                    return dict(message)
        seen = [message["type"] for message in self.messages]
        raise AssertionError(f"no {kind} within {seconds} s; came: {seen}")

    def wait_for_snapshot(self, room: str) -> dict[str, Any]:
        return self.wait_for("snapshot", lambda data: data["room"] == room)

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["type"] == kind]

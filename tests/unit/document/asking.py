"""The product on loopback, asked at random by what its own document says of it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connections, transaction
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from tests.unit.document.house import House

# They answer 400 for what no schema can say: which folder is the series', which ones are there,
# what is in a file, which fields belong to the section that the address names, what is a rhythm,
# that an episode is asked for with its season, that files are named in one of two ways, that days
# end after they begin, what stands in the definition of a site.
_KNOWS_MORE = (
    "POST /api/queue/add",
    "PUT /api/config/",
    "POST /api/config/directory/",
    "POST /api/config/import/",
    "POST /api/config/section/{name}/",
    "POST /api/backups/upload/",
    "PATCH /api/jobs/{name}/",
    "POST /api/providers/",
    "POST /api/providers/trial/",
    "PUT /api/providers/{name}/definition/",
    "POST /api/media-servers/",
    "PATCH /api/media-servers/{name}/",
    "POST /api/notifications/targets/",
    "PATCH /api/notifications/targets/{name}/",
    "POST /api/scheduler/config/",
    "POST /api/scheduler/preview/",
    "GET /api/calendar/",
    "GET /api/v1/anime/{key}/files/",
    "DELETE /api/v1/anime/{key}/files/",
    "POST /api/v1/numbering/import/",
    "POST /api/v1/bin/restore/",
    "POST /api/v1/bin/delete/",
)
# A file as the whole body: any bytes, of which it knows no kind but pictures.
schemathesis.serializer.alias("application/zip", "application/octet-stream")


class _Handler(WSGIRequestHandler):
    disable_nagle_algorithm = True  # or every answer waits for a delayed acknowledgement

    def log_message(self, *_: object) -> None:
        """Thousands of requests are no news."""


class _Server(ThreadedWSGIServer):
    daemon_threads = True

    def _close_connections(self) -> None:
        """The connection is the test's."""


@dataclass
class Application:
    """The product on the database connection of the test.

    What a request has done is undone after it, so that each finds the furnished house; with
    ``keeps`` only what ends the session that asks, or would end it.
    """

    house: House
    keeps: bool = False
    asked: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._product: Any = get_wsgi_application()
        self._connection = connections["default"]
        self._config = Path(settings.DATA_DIR) / "config.json"
        self._configured = self._config.read_bytes()

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        is_undone = not self.keeps or environ["PATH_INFO"].startswith("/api/auth/")
        with self._lock:
            self.asked += 1
            connections["default"] = self._connection
            with transaction.atomic():
                self.house.has_a_worker()
                with closing(self._product(environ, start)) as parts:  # a file must be let go of
                    answer = list(parts)
                transaction.set_rollback(is_undone)
            if is_undone and self._config.read_bytes() != self._configured:
                self._config.write_bytes(self._configured)
        return answer


@contextmanager
def served(application: Application) -> Iterator[str]:
    """Where the application answers, over HTTP."""
    connection = connections["default"]
    server = _Server(("127.0.0.1", 0), _Handler)
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    connection.inc_thread_sharing()
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        connection.dec_thread_sharing()
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def configuration(token: str, phases: Iterable[str], *, examples: int) -> SchemathesisConfig:
    """All checks, the same questions in every run.

    Args:
        token: whose; empty for nobody's.
        phases: of ``coverage``, ``fuzzing`` and ``stateful``.
        examples: for each operation, and of stateful walks.
    """
    chosen = set(phases)
    names = ("examples", "coverage", "fuzzing", "stateful")
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "workers": 1,
            "continue-on-failure": True,
            "generation": {"max-examples": examples, "deterministic": True, "database": "none"},
            "phases": {name: {"enabled": name in chosen} for name in names},
            "operations": [
                {
                    "include-name": operation,
                    "checks": {
                        "positive_data_acceptance": {
                            "expected-statuses": ["2xx", "400", "401", "403", "404", "409", "5xx"]
                        }
                    },
                }
                for operation in _KNOWS_MORE
            ],
            "auth": {"openapi": {"bearer": {"bearer": token}}} if token else {},
            "cache": {"enabled": False},
        }
    )


def findings(address: str, reader: str, config: SchemathesisConfig) -> list[str]:
    """What is not as the document says, each kind once.

    Args:
        reader: a token that the document is read with.
    """
    schema = schemathesis.openapi.from_url(
        f"{address}/api/schema/?format=json",
        config=config,
        headers={"Authorization": f"Bearer {reader}"},
    )
    found: dict[tuple[str, ...], str] = {}
    for event in from_schema(schema).execute():
        for kind, words in _problems(event):
            found.setdefault(kind, words)
    return [": ".join((*kind, words)) for kind, words in found.items()]


def _problems(event: events.EngineEvent) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(event, events.NonFatalError):
        yield (event.label, "error"), str(event.value)[:1000]
    elif isinstance(event, events.FatalError):
        yield ("all", "error"), str(event.exception)[:1000]
    elif isinstance(event, events.ScenarioFinished):
        for case, checks in event.recorder.checks.items():
            answer = event.recorder.interactions[case].response
            said = answer.content[:300] if answer else b""
            for check in checks:
                failed = check.failure_info
                if check.status != Status.FAILURE or failed is None:
                    continue
                told = f"{failed.failure.message[:300]}\n{said!r}\n{str(failed.code_sample)[:1000]}"
                yield (str(event.label), check.name, failed.failure.title), told

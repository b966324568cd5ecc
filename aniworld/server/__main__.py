"""``python -m aniworld.server``: pages, API and events over HTTP and WebSocket."""

from __future__ import annotations

import argparse
import functools
import resource
import threading
from typing import Any

from asgiref.compatibility import guarantee_single_callable
from daphne import server as daphne
from daphne.endpoints import build_endpoint_description_strings
from daphne.utils import import_by_path
from twisted.internet import reactor as _reactor

from aniworld import settings
from aniworld.console.ending import end_soon
from aniworld.server import known
from aniworld.server.channel import Channel
from aniworld.server.crowds import Crowds
from aniworld.server.limits import Limits
from aniworld.server.websocket import WebSocket

reactor: Any = _reactor
BACKLOG = 1024  # connections the system takes in before the process has looked at them


class Server(daphne.Server):
    """Daphne with our connections."""

    def __init__(
        self, application: str, host: str, port: int, limits: Limits | None = None
    ) -> None:
        self._limits = limits or Limits()
        (endpoint,) = build_endpoint_description_strings(host=host, port=port)
        super().__init__(
            guarantee_single_callable(import_by_path(application)),
            endpoints=[f"{endpoint}:backlog={BACKLOG}"],
            ready_callable=self._use_our_connections,
            verbosity=0,
            server_name="",
        )

    def _use_our_connections(self) -> None:
        """Called when everything is set up and before the first connection is taken in."""
        ending = threading.Thread(target=end_soon, name="ending", daemon=True)
        reactor.addSystemEventTrigger("before", "shutdown", ending.start)
        crowds = Crowds(self._limits)
        self.http_factory.protocol = functools.partial(
            Channel, self._limits, crowds, known.has_token
        )
        # What is refused (a frame that is too large) is told by its code, not by silence.
        self.ws_factory.protocol = functools.partial(WebSocket, self._limits)
        self.ws_factory.setProtocolOptions(failByDrop=False)

    def kill_all_applications(self) -> object:
        """End what runs. A connection whose request is still coming has nothing to end."""
        for protocol, details in list(self.connections.items()):
            if "application_instance" not in details:
                del self.connections[protocol]
        return super().kill_all_applications()


def main() -> None:
    arguments = _arguments()
    _allow_many_files()
    server = Server(arguments.application, arguments.host, arguments.port)
    _refuse_unusable_database()
    reactor.callWhenRunning(_keep_watching)
    server.run()
    if server.abort_start:
        raise SystemExit(1)


def _refuse_unusable_database() -> None:
    """End the start with one line, as every command does."""
    # The application has set Django up.
    from aniworld.database.examination import examine  # noqa: PLC0415
    from aniworld.database.troubles import fault_line  # noqa: PLC0415

    try:
        examine()
    except Exception as error:
        line = fault_line(error)
        if line is None:
            raise
        raise SystemExit(line) from None


def _keep_watching() -> None:
    """Only now: a look before the start is sure would make the file of a database that is lost, and
    tell beside the one line of the refusal what follows from it."""
    from aniworld.system import serving, settling, watch  # noqa: PLC0415 - as above

    serving.hold()
    watch.keep_watching()
    settling.keep_settling()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m aniworld.server", description="The web server, without the worker."
    )
    parser.add_argument("--host", default=settings.HOST, help="the address to listen on")
    parser.add_argument("--port", type=int, default=settings.PORT)
    parser.add_argument("application", nargs="?", default="aniworld.asgi:application")
    return parser.parse_args()


def _allow_many_files() -> None:
    """Each connection is an open file: ask for as many as the system lets us have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    main()

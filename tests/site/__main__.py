"""``python -m tests.site``: a sample world as a process of its own, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from tests.site.catalogue_server import CatalogueServer
from tests.site.hoster_server import HosterServer
from tests.site.server import SiteServer
from tests.site.shows import SHOWS, filler
from tests.site.state import SCENARIOS, World
from tests.site.traffic import Side


def main() -> None:
    wanted = _arguments()
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    signal.signal(signal.SIGINT, lambda *_: stopped.set())

    world = World(SHOWS + filler(wanted.filler, wanted.filler_seasons), wanted.data)
    world.play(SCENARIOS[wanted.scenario])
    catalogue = SiteServer(wanted.port, Side.CATALOGUE, world, CatalogueServer(world))
    hoster = SiteServer(wanted.hoster_port, Side.HOSTER, world, HosterServer(world))
    world.catalogue_url, world.hoster_url = catalogue.url, hoster.url
    servers = (catalogue, hoster)
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    print(json.dumps({"catalogue": catalogue.url, "hoster": hoster.url}), flush=True)
    if wanted.while_stdin_open:
        threading.Thread(target=_watch_stdin, args=(stopped,), daemon=True).start()
    stopped.wait()
    for server in servers:
        server.shutdown()
        server.socket.close()


def _watch_stdin(stopped: threading.Event) -> None:
    """Stop when whoever started us is gone, however it ended."""
    sys.stdin.read()
    stopped.set()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.site", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="catalogue, 0 = any free one")
    parser.add_argument("--hoster-port", type=int, default=0, help="hosters, 0 = any free one")
    parser.add_argument("--data", type=Path, required=True, help="where the clips are kept")
    parser.add_argument("--scenario", choices=sorted(SCENARIOS), default="plain")
    parser.add_argument("--filler", type=int, default=0, help="so many further plain series")
    parser.add_argument("--filler-seasons", type=int, default=1, help="of so many seasons each")
    parser.add_argument("--while-stdin-open", action="store_true", help="end with the starter")
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""The product as several processes on one database, any of which may be killed at any moment."""

from __future__ import annotations

import contextlib
import json
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.product import Product, wait_until
from tests.prove import databases
from tests.prove.databases import Database
from tests.site.world import SampleWorld

PASSWORD = "lantern-otter-velvet-river"
CALL_SECONDS = 60.0
SHOW = "zeitlose"
_QUIET = {"LOG_LEVEL": "WARNING", "PYTHONDONTWRITEBYTECODE": ""}


@dataclass
class House:
    """``doors`` are web processes of one product; the first one's worker serves the queue."""

    database: Database
    library: Path
    world: SampleWorld
    doors: Sequence[Product]
    token: str = ""

    @property
    def first(self) -> Product:
        return self.doors[0]

    def kill(self, door: Product, name: str) -> None:
        """As the kernel does it: nothing is cleaned up."""
        door.stop(name, by=signal.SIGKILL)

    def kill_worker(self, door: Product) -> None:
        """Kill it, and let its lease be over as if ten seconds had gone by."""
        self.kill(door, "worker")
        self.end_lease()

    def end_lease(self) -> None:
        self.database.rows("UPDATE downloads_queuestate SET heartbeat_at = NULL")

    def call(self, door: Product, method: str, path: str, body: Any = None) -> requests.Response:
        """Ask one door; whoever has been killed in between raises ``requests.RequestException``."""
        return requests.request(
            method,
            f"{door.address}/api/{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=CALL_SECONDS,
        )

    def insist(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Ask one door after the other until one answers, as whoever is told to try again does."""
        deadline = time.monotonic() + CALL_SECONDS
        while time.monotonic() < deadline:
            for door in self.doors:
                with contextlib.suppress(requests.RequestException):
                    return self.call(door, method, path, body)
            time.sleep(0.05)  # both are starting
        raise AssertionError(f"nobody has answered {method} {path}")

    def queue(self, episodes: Sequence[int]) -> list[int]:
        """Put episodes of the show into the queue; the ids of their items."""
        wanted = [{"season": 1, "episode": number} for number in episodes]
        path = f"v1/anime/{SHOW}/download"
        answer = self.first.api("POST", path, {"episodes": wanted}, expect=201)
        return [int(item) for item in answer["added_items"]]

    def log(self) -> str:
        return "".join(
            path.read_text(errors="replace") for path in sorted(self.database.data.glob("*.out"))
        )


@contextmanager
def house(
    work: Path, kind: str, *, episodes: int, doors: int = 2, **settings: Any
) -> Iterator[House]:
    """A product that is set up, with one series of so many missing episodes and its site.

    ``settings`` are those of the downloads. Web processes run; workers do not yet.
    """
    data, library = work / "data", work / "library"
    for folder in (data, library):
        folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        database = stack.enter_context(databases.KINDS[kind](data))
        world = stack.enter_context(SampleWorld())
        world.put_series(SHOW, "Zeitlose", [f"Folge {n}" for n in range(1, episodes + 1)])
        environment = {**_QUIET, "DATABASE_URL": database.url}
        products = [
            stack.enter_context(Product(data, library, **environment)) for _ in range(doors)
        ]
        _configure(data, world.catalogue_url, settings)
        products[0].migrate()
        for product in products:
            product.start_web()
        built = House(database, library, world, products)
        _set_up(built)
        yield built


def _configure(data: Path, site: str, downloads: dict[str, Any]) -> None:
    """Fast retries, no floor for the free space, and the sample world's site."""
    sites = {"aniworld": {"enabled": True, "base_url": site, "requests_per_second": 100}}
    config = {
        "providers": {"sites": sites},
        "downloads": {"retry_base_seconds": 0, "min_free_mb": 0, **downloads},
    }
    (data / "config.json").write_text(json.dumps(config))


def _set_up(house: House) -> None:
    first = house.first
    first.api("POST", "auth/setup", {"master_password": PASSWORD}, expect=201)
    house.token = first.log_in(PASSWORD)
    first.api("POST", "v1/anime", {"site": "aniworld", "key": SHOW}, expect=201)


def wait_for_rest(house: House, *, seconds: float) -> None:
    """Until nothing of the queue is unfinished."""
    unfinished = (
        "SELECT count(*) FROM downloads_downloadqueueitem"
        " WHERE status IN ('PENDING', 'PAUSED', 'DOWNLOADING')"
    )
    wait_until(
        lambda: house.database.value(unfinished) == 0,
        seconds=seconds,
        what=f"the end of the queue\n{house.log()[-3000:]}",
    )

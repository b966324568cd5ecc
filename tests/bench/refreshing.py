"""``python -m tests.bench.refreshing ADDRESS COUNT``: make so many series of the sample site (none:
those that are there), and read the catalogue of each of them anew."""

from __future__ import annotations

import json
import math
import resource
import sys
import time
from pathlib import Path

import django

django.setup()

from aniworld.config import store  # noqa: E402 - after django.setup()
from aniworld.journal.actors import Actor, acting_as  # noqa: E402 - the same
from aniworld.sites import configured  # noqa: E402 - the same
from library.models import AnimeSeries  # noqa: E402 - the same
from library.services.refresh import refresh_series  # noqa: E402 - the same
from providers.asking import asked_now  # noqa: E402 - the same
from providers.base import SiteSettings  # noqa: E402 - the same
from tests.site.shows import filler  # noqa: E402 - the same

RATE = 1_000_000.0  # requests a second: as good as no limit


def main(address: str, count: int) -> None:
    if count:
        _make(count)
    # Covers go by the configuration, which knows no such rate: by its highest.
    known = {"enabled": True, "base_url": address, "requests_per_second": 100}
    store.update(lambda data: data["providers"]["sites"].update(aniworld=known))
    chosen = SiteSettings(enabled=True, base_url=address, requests_per_second=RATE)
    site = configured.built("aniworld", chosen)
    early = 0.0
    began, cpu = time.perf_counter(), time.process_time()
    series = list(AnimeSeries.objects.order_by("pk"))
    for number, one in enumerate(series, 1):
        with asked_now(patience=math.inf):
            refresh_series(one, site=site)
        if number == len(series) // 10:
            early = _memory()
    told = {
        "wall": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "pages": len(series),
        "memory": _memory(),
        "memory_early": early,
    }
    print(json.dumps(told))


def _make(count: int) -> None:
    rows = [
        AnimeSeries(key=show.key, site="aniworld", site_key=show.key, name=show.title)
        for show in filler(count, seasons=2)
    ]
    for row in rows:
        row.index_words()
    AnimeSeries.objects.bulk_create(rows)


def _memory() -> float:
    """Megabytes that the process has taken at the most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    with acting_as(Actor.system(Path(__file__).stem)):
        main(sys.argv[1], int(sys.argv[2]))

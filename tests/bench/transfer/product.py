"""``python -m tests.bench.transfer.product URL FOLDER``: the product fetches one episode.

Its hoster leads to URL. The worker has been up for a while, as an owner's has. Prints seconds from
*Start* to the checked file in its place, the processor's seconds of the worker and its children,
and their largest memory in MB.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from html import escape
from pathlib import Path

SETTLED = 3.0  # seconds after which a worker with something to fetch has all that it keeps ready


def main(url: str, folder: str) -> None:
    _set_up(Path(folder))
    from aniworld.journal.actors import Actor, acting_as
    from aniworld.journal.choices import ActorKind

    with acting_as(Actor(ActorKind.OWNER, "bench", "a bench")):
        wall = _from_start_to_place(url, Path(folder))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    sys.stdout.write(f"{wall} {used.ru_utime + used.ru_stime} {used.ru_maxrss / 1024}\n")


def _from_start_to_place(url: str, folder: Path) -> float:
    # Django's settings are read from here on.
    from downloads import services
    from downloads.models import DownloadQueueItem
    from tests.integration import downloads_support as support
    from tests.site.world import SampleWorld

    with SampleWorld() as world:
        kind = "application/x-mpegURL"
        page = f'<video controls><source src="{escape(url)}" type="{kind}"></video>'
        world.fail("page", {"text": page}, side="hoster", path="/watch/*")
        support.configure(world.catalogue_url)
        series = support.make_series(folder / "library")
        series.hosters = ["direct"]
        series.save()
        support.list_episode(series, 3, 1)
        [item] = support.queue(series, 1, season=3)
        with support.WorkerProcess() as worker:
            time.sleep(SETTLED)
            begun = time.perf_counter()
            services.start()
            status = DownloadQueueItem.objects.values_list("status", flat=True)
            while (now := status.get()) != "COMPLETED":
                if now == "FAILED":
                    sys.exit(f"not fetched: {DownloadQueueItem.objects.get(pk=item).error}")
                time.sleep(0.02)
            wall = time.perf_counter() - begun
            worker.signal(signal.SIGTERM)
            worker.end()
        assert DownloadQueueItem.objects.get(pk=item).file_destination
    return wall


def _set_up(folder: Path) -> None:
    data = folder / "data"
    data.mkdir(parents=True)
    os.environ |= {
        "DATA_DIR": str(data),
        "DATABASE_URL": f"sqlite:///{data / 'aniworld.db'}",
        "ALLOW_PRIVATE_HOSTS": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "aniworld.settings",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", skip_checks=True, verbosity=0)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""From a new episode of the catalogue to its file and the word of it, without a hand: the site, the
command and the worker are processes of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.integration.downloads_support import files_in
from tests.product import Product, wait_until
from tests.receiver import Receiver
from tests.site.catalogue import GERMAN_DUB, GERMAN_SUB, Episode, offers
from tests.site.world import SampleWorld

KEY, PASSWORD = "mondlaterne", "lantern-otter-velvet"
NUMBER = 13


def test_a_new_episode_is_fetched_without_a_hand(
    running_world: SampleWorld, tmp_path: Path
) -> None:
    running_world.reset()
    data, library = tmp_path / "data", tmp_path / "library"
    data.mkdir()
    library.mkdir()
    with Receiver() as receiver, Product(data) as product:
        product.migrate()
        _followed(product, running_world, library, receiver)
        product.start_worker()

        nothing = _run(product)
        assert (nothing["to_queue"], nothing["queued_ids"]) == ([], [])

        running_world.put_episode(KEY, _episode(GERMAN_SUB))
        waits = _run(product)
        assert waits["queued_ids"] == []
        [waiting] = waits["waiting"]
        assert (waiting["season"], waiting["episode"]) == (1, NUMBER)
        assert (waiting["language"], waiting["waits_for"]) == ("German Sub", ["German Dub"])

        running_world.put_episode(KEY, _episode(GERMAN_SUB, GERMAN_DUB))
        dry = _run(product, "--dry-run")
        assert dry["to_queue"] == []  # it asks nobody
        done = _run(product)
        assert len(done["queued_ids"]) == 1
        assert [one["language"] for one in done["to_queue"]] == ["German Dub"]

        item = wait_until(lambda: _completed(product), seconds=120, what="the download")
        assert (item["language"], item["wanted_language"]) == ("German Dub", "German Dub")
        [file] = [name for name in files_in(library) if not name.startswith(".aniworld/")]
        assert f"S01E{NUMBER:02}" in file
        added = product.api("GET", "journal?action=queue.added", expect=200)["results"][0]
        assert added["actor"]["kind"] == "COMMAND"
        assert added["reason"]["code"] == "follow_missing"
        assert _run(product)["queued_ids"] == []
        # What was taken is noted as sent a moment later.
        wait_until(lambda: _states(product) == ["SENT"] * 3, seconds=60, what="the word of it")
        assert receiver.episodes("DOWNLOAD_COMPLETE") == [(KEY, 1, NUMBER)]
        assert receiver.episodes("NEW_EPISODES") == [(KEY, 1, NUMBER)]
        [language] = [item for item in receiver.items() if item["event"] == "LANGUAGE_ARRIVED"]
        assert language["params"]["language"] == "German Dub"
        assert len(set(receiver.ids())) == len(receiver.ids()) == 3
        inbox = product.api("GET", "notifications/inbox", expect=200)["results"]
        assert [one["event"] for one in inbox] == [
            *("DOWNLOAD_COMPLETE", "LANGUAGE_ARRIVED", "NEW_EPISODES"),
        ]


def _followed(product: Product, world: SampleWorld, library: Path, receiver: Receiver) -> None:
    """Set up as an owner does: a series is followed from its second reading on."""
    product.start_web()
    setup = {"master_password": PASSWORD, "anime_directory": str(library)}
    product.api("POST", "setup", setup, expect=201)
    product.log_in(PASSWORD)
    site = {"enabled": True, "base_url": world.catalogue_url, "requests_per_second": 100}
    settings = {
        "providers": {"sites": {"aniworld": site}},
        "downloads": {"auto_start": True, "min_free_mb": 0},
        "following": {"ranks": ["German Dub=now", "German Sub=14"]},
    }
    product.api("PUT", "config", settings, expect=200)
    hook = {"name": "hook", "kind": "WEBHOOK", "url": receiver.address, "pace": "EACH"}
    product.api("POST", "notifications/targets", hook, expect=201)
    product.api("POST", "v1/anime", {"site": "aniworld", "key": KEY}, expect=201)
    wish = {"following": {"follow": "NEW", "catalogue_hours": 1}}
    product.api("PATCH", f"v1/anime/{KEY}", wish, expect=200)


def _episode(*languages: int) -> Episode:
    return Episode(1, NUMBER, "Die neue Folge", offers=offers(languages))


def _run(product: Product, *arguments: str) -> Any:
    """An hour goes by, then the command runs as cron runs it; its answer."""
    aged = (
        "import django; django.setup(); from datetime import timedelta; "
        "from django.db.models import F; from library.models import AnimeSeries; "
        "AnimeSeries.objects.update(refreshed_at=F('refreshed_at') - timedelta(hours=2))"
    )
    product.environment["DJANGO_SETTINGS_MODULE"] = "aniworld.settings"
    passed = product.python("-c", aged)
    assert passed.returncode == 0, passed.stderr
    done = product.manage("follow", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def _states(product: Product) -> list[str]:
    """Of all messages there are."""
    log = product.api("GET", "notifications/log", expect=200)["results"]
    return [one["state"] for one in log]


def _completed(product: Product) -> dict[str, str] | None:
    items = product.api("GET", "queue/items?status=COMPLETED", expect=200)["results"]
    return items[0] if items else None

"""A catalogue that nobody has written code for, from its definition file to a file in the library:
added by the API, found, added to the library, queued, fetched by the worker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from aniworld.config import store
from downloads.choices import Status
from downloads.models import DownloadQueueItem
from library.choices import EpisodeState
from library.models import AnimeSeries, Episode, LibraryRoot
from tests.catalogues import definition
from tests.catalogues.server import served
from tests.integration.downloads_support import files_in, seconds_of, work
from tests.site.media import SMALL, ensure_media
from tests.site.world import shared_data
from tests.unit.visiting import library, visitor  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


# What to look for, and the episode that is fetched: from one catalogue in each of three shapes.
WAYS = {
    "cards": ("owl", "owl-and-moss", 1, "German Dub"),
    "api": ("tin", "tin-harbour", 2, "English Sub"),
    "tables": ("bell", "42~the-tenth-bell", 1, "German Dub"),
}


@pytest.fixture(scope="session")
def film() -> bytes:
    return (ensure_media(shared_data()) / SMALL.name / "mp4/v480.mp4").read_bytes()


def sent(client: Client, method: str, address: str, **body: Any) -> Any:
    answer = getattr(client, method)(
        address, data=json.dumps(body), content_type="application/json"
    )
    assert answer.status_code < 300, answer.content.decode()
    return answer.json()


@pytest.mark.parametrize("name", WAYS)
def test_from_the_definition_file_to_the_file_in_its_place(
    visitor: Client,  # noqa: F811
    library: LibraryRoot,  # noqa: F811
    settings: Settings,
    film: bytes,
    name: str,
) -> None:
    settings.ALLOW_PRIVATE_HOSTS = ["127.0.0.0/8"]
    word, key, season, language = WAYS[name]
    with served(name, film) as running:
        described = json.loads(definition(name, running.address))
        body = {"provider": "described", "definition": described, "enabled": True}
        site = sent(visitor, "post", "/api/providers", **body)["name"]
        sent(visitor, "patch", f"/api/providers/{site}", requests_per_second=100)
        store.update(lambda data: data["downloads"].update({"min_free_mb": 0}))

        (found,) = sent(visitor, "post", "/api/v1/anime/search", query=word)["results"]
        assert (found["site"], found["key"]) == (site, key)
        added = sent(visitor, "post", "/api/v1/anime", site=site, key=key)["key"]
        assert Episode.objects.get(series__key=added, season=season, episode_number=1).title
        place = {"season": season, "episode": 1}
        series = AnimeSeries.objects.get(key=added)
        queued = {"serie_id": added, "serie_folder": series.folder, "episodes": [place]}
        sent(visitor, "post", "/api/queue/add", **queued)
        work()

    item = DownloadQueueItem.objects.get()
    assert item.status == Status.COMPLETED, item.error
    assert item.language == language
    assert seconds_of(Path(item.file_destination)) == pytest.approx(SMALL.seconds, abs=0.3)
    assert len(files_in(Path(library.path))) >= 1
    episode = Episode.objects.get(series__key=added, season=season, episode_number=1)
    assert episode.state == EpisodeState.PRESENT

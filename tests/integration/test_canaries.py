"""A trial goes from the list of a site to the first bytes of a film, over real sockets, and says at
which step it ends and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from aniworld.config import store
from aniworld.sites import trials
from aniworld.sites.choices import TrialStep
from aniworld.sites.health import services as health
from aniworld.sites.models import ServiceState, SiteTrial
from downloads import canary
from downloads.canary import first_error, has_arrived, try_site
from library.models import AnimeSeries
from tests.catalogues import definition
from tests.catalogues.server import served
from tests.site.world import SampleWorld

LIST, SEARCH, SERIES, EPISODE, REDIRECT, PLAYER, MEDIA = TrialStep.values
AT_SITE = [(LIST, ""), (SEARCH, ""), (SERIES, ""), (EPISODE, "")]


@pytest.fixture(autouse=True)
def _known(series: AnimeSeries, monkeypatch: pytest.MonkeyPatch) -> None:
    """The site was read for one series of the library; nobody waits long for what fails."""
    AnimeSeries.objects.update(refreshed_at=timezone.now())
    made = canary._engines
    monkeypatch.setattr(canary, "_engines", lambda: replace(made(), retry_pause=0.0))


def steps() -> list[tuple[str, str]]:
    return [(one.step.value, one.hoster) for one in try_site("aniworld")]


def failed() -> dict[tuple[str, str], str]:
    """What has failed, by step and hoster."""
    tried = try_site("aniworld")
    return {(one.step.value, one.hoster): one.error["code"] for one in tried if one.error}


def test_the_whole_way_is_gone_over_every_hoster(world: SampleWorld) -> None:
    tried = try_site("aniworld")
    way = [(one.step.value, one.hoster) for one in tried]
    assert way[:4] == AT_SITE
    hosters = list(dict.fromkeys(one.hoster for one in tried if one.hoster))
    assert {"voe", "vidmoly"} <= set(hosters)
    assert way[4:] == [(step, name) for name in hosters for step in (REDIRECT, PLAYER, MEDIA)]
    assert [one.error for one in tried] == [None] * len(tried)
    assert has_arrived(tried)
    assert all(one.found for one in tried if one.step.value in (LIST, SEARCH, SERIES, MEDIA))
    pieces = [one["path"] for one in world.log() if "/seg-" in one["path"]]
    assert len(pieces) == len({path.split("/")[2] for path in pieces})  # one of each stream
    kept = trials.trials()
    assert [(one.step.value, one.hoster) for one in kept] == way
    assert {one.site for one in kept} == {"aniworld"}


def test_nothing_of_it_comes_from_a_cache(world: SampleWorld) -> None:
    try_site("aniworld")
    before = world.counts()
    try_site("aniworld")
    after = world.counts()
    for path in ("/animes-alphabet", "/ajax/search", "/anime/stream/mondlaterne"):
        assert after[path] == 2 * before[path], path


Fault = Callable[[SampleWorld], object]
FAULTS: list[tuple[str, Fault, dict[tuple[str, str], str]]] = [
    (
        "the list has changed",
        lambda world: world.fail("changed_markup", {"what": "list"}, path="/animes-alphabet"),
        {(LIST, ""): "markup_changed"},
    ),
    (
        "the search finds nothing",
        lambda world: world.fail("page", {"text": "[]"}, path="/ajax/*"),
        {(SEARCH, ""): "nothing_found"},
    ),
    (
        "the series has changed",
        lambda world: world.fail("changed_markup", {"what": "table"}, path="/anime/stream/*"),
        {(SERIES, ""): "markup_changed"},
    ),
    (
        "the episode has changed",
        lambda world: world.fail("changed_markup", {"what": "hosters"}, path="/anime/*/episode-*"),
        {(EPISODE, ""): "markup_changed"},
    ),
    (
        "a check stands before the links",
        lambda world: world.fail("interstitial", path="/redirect/*"),
        {(REDIRECT, name): "challenge" for name in ("voe", "vidmoly")},
    ),
    (
        "one hoster is down",
        lambda world: world.fail_status(503, side="hoster", path="/e/*"),
        {(PLAYER, "voe"): "hoster_down"},
    ),
    (
        "one hoster has lost the file",
        lambda world: world.fail("file_gone", side="hoster", path="/embed-*"),
        {(PLAYER, "vidmoly"): "hoster_file_gone"},
    ),
    (
        "one player is not read any more",
        lambda world: world.fail("changed_markup", {"what": "vidmoly_player"}, path="/embed-*"),
        {(PLAYER, "vidmoly"): "hoster_decoder_outdated"},
    ),
    (
        "the pieces are gone",
        lambda world: world.fail_status(404, side="hoster", path="/media/*/seg-*"),
        {(MEDIA, name): "media_gone" for name in ("voe", "vidmoly")},
    ),
    (
        "pages stand where pieces should be",
        lambda world: world.fail("page", {"text": "<html>"}, side="hoster", path="/media/*/seg-*"),
        {(MEDIA, name): "fragment_missing" for name in ("voe", "vidmoly")},
    ),
    (
        "the links of the media are refused",
        lambda world: world.fail_status(403, side="hoster", path="/media/*"),
        {(MEDIA, name): "link_expired" for name in ("voe", "vidmoly")},
    ),
]


@pytest.mark.parametrize(
    ("fault", "told"), [one[1:] for one in FAULTS], ids=[one[0] for one in FAULTS]
)
def test_what_fails_is_told_at_its_step_and_ends_what_follows(
    world: SampleWorld, fault: Fault, told: dict[tuple[str, str], str]
) -> None:
    fault(world)
    found = failed()
    assert told.items() <= found.items()
    others = found.keys() - told.keys()
    assert {hoster for _, hoster in others} <= {"direct", "doodstream", "filemoon"}
    made = [(row.step, row.hoster) for row in SiteTrial.objects.order_by("pk")]
    for step, hoster in told:
        of_it = [one for one, whose in made if whose == hoster]
        if hoster or step in (SERIES, EPISODE):
            assert of_it[-1] == step


def test_one_hoster_that_works_is_enough(world: SampleWorld) -> None:
    world.fail_status(503, side="hoster", path="/e/*")
    tried = try_site("aniworld")
    assert has_arrived(tried)
    assert first_error(tried).hoster == "voe"
    world.fail_status(404, side="hoster", path="/media/*")
    assert not has_arrived(try_site("aniworld"))


def test_who_has_refused_us_is_not_asked(world: SampleWorld) -> None:
    world.fail("ddos_guard", side="catalogue", path="/*")
    assert failed()[LIST, ""] == "challenge"
    world.mend_all()
    world.clear_log()
    assert failed() == {(SEARCH, ""): "challenge"}
    assert world.log() == []
    health.end_rest("aniworld")
    assert steps()[:4] == AT_SITE


def test_who_only_rests_is_asked(world: SampleWorld) -> None:
    world.fail_status(503, side="catalogue", path="/*")
    for _ in range(3):
        try_site("aniworld")
    assert ServiceState.objects.filter(service="aniworld", rests_until__isnull=False).exists()
    world.mend_all()
    assert failed() == {}


def test_a_small_site_of_which_nothing_is_in_the_library_is_tried_to_the_film(
    world: SampleWorld, tmp_path: Path, settings: Settings
) -> None:
    settings.MANIFEST_ROOTS = [str(tmp_path)]
    film = f"{world.catalogue_url}/nowhere.mp4"
    episode = {"season": 1, "number": 1, "sources": [{"url": film, "language": "de"}]}
    series = {"key": "heron", "title": "The Heron", "episodes": [episode]}
    (tmp_path / "feed.json").write_text(json.dumps({"version": 1, "series": [series]}))
    feed = {"provider": "manifest", "enabled": True, "base_url": f"file://{tmp_path}/feed.json"}
    store.update(lambda data: data["providers"]["sites"].update(mine=feed))
    tried = try_site("mine")
    assert [(one.step.value, one.found) for one in tried[:4]] == [
        *((LIST, 1), (SEARCH, 1), (SERIES, 1), (EPISODE, 1))
    ]
    assert {one.hoster for one in tried[4:]} == {"direct"}


def test_a_site_that_has_no_list_is_not_said_to_have_a_good_one(settings: Settings) -> None:
    settings.ALLOW_PRIVATE_HOSTS = ["127.0.0.0/8"]
    with served("cards") as running:
        told = definition("cards", running.address)
        described = {"provider": "described", "enabled": True, "definition": told}
        store.update(lambda data: data["providers"]["sites"].update(cards=described))
        tried = try_site("cards")
    assert [(one.step.value, one.found, one.error) for one in tried] == [(SEARCH, 0, None)]

"""The job that keeps the lists: over real sockets against the sample site, and what it skips."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from aniworld.config import store
from aniworld.system.schedule.running import Failed, Skipped
from aniworld.system.schedule.work.keeping import caches
from aniworld.system.schedule.work.lists import catalogue
from aniworld.web.texts import text_of
from library.models import CatalogueEntry, CatalogueList
from library.services import listed_covers
from library.services.listed_covers import listed_cover_path
from providers.errors import SiteDown
from tests.site.world import SampleWorld
from tests.unit.aniworld.system.schedule.test_work import running
from tests.unit.library.conftest import lister, site  # noqa: F401 - fixtures
from tests.unit.library.fakes import FakeSite, ListingSite

pytestmark = pytest.mark.django_db


@pytest.fixture
def data_dir(settings: Settings) -> Path:
    """That of the test, which is made already."""
    return Path(settings.DATA_DIR)


@pytest.fixture
def world(running_world: SampleWorld, settings: Settings) -> SampleWorld:
    running_world.reset()
    settings.ALLOW_PRIVATE_HOSTS = ["127.0.0.0/8"]
    chosen = {
        "enabled": True,
        "base_url": running_world.catalogue_url,
        "requests_per_second": 100.0,
    }
    store.update(lambda data: data["providers"]["sites"].update(aniworld=chosen))
    return running_world


def test_the_sample_site_is_kept_with_its_details_and_covers(world: SampleWorld) -> None:
    said = catalogue(running("catalogue"))
    count = CatalogueEntry.objects.there().count()
    assert said["params"] == {
        **{"sites": 1, "listed": count, "new": count, "gone": 0, "read": count, "left": 0}
    }
    assert text_of(said).startswith(f"{count} series are listed at 1 sites")
    assert not CatalogueEntry.objects.filter(details_at=None).exists()
    covered = CatalogueEntry.objects.exclude(cover_source="")
    assert covered.count() == count
    assert all(listed_cover_path(entry.pk).exists() for entry in covered)
    assert "Drama" in CatalogueList.objects.get().genres
    world.clear_log()
    again = catalogue(running("catalogue"))
    assert (again["params"]["new"], again["params"]["read"]) == (0, 0)
    assert set(world.counts()) == {"/animes-alphabet"}  # one request, and nothing that is known


def test_a_new_series_is_new_and_one_that_has_left_is_gone(world: SampleWorld) -> None:
    catalogue(running("catalogue"))
    world.put_series("brandneu", "<Brandneu> & “mehr”", ["Brand New"])
    said = catalogue(running("catalogue"))
    assert said["params"]["new"] == 1
    entry = CatalogueEntry.objects.get(key="brandneu")
    assert entry.name == "<Brandneu> & “mehr”"
    assert entry.appeared_at is not None


def test_without_a_site_or_a_list_there_is_nothing_to_do(site: FakeSite) -> None:  # noqa: F811
    with pytest.raises(Skipped) as skipped:
        catalogue(running("catalogue"))
    assert skipped.value.said["code"] == "job_no_list"
    store.update(lambda data: data["providers"]["sites"][site.name].update(enabled=False))
    with pytest.raises(Skipped) as skipped:
        catalogue(running("catalogue"))
    assert skipped.value.said["code"] == "job_no_site"


def test_one_site_that_fails_does_not_stop_the_other(
    lister: ListingSite,  # noqa: F811
    world: SampleWorld,
) -> None:
    lister.failure = SiteDown(why="timed_out", site="Lister")
    assert catalogue(running("catalogue"))["params"]["sites"] == 1
    assert CatalogueList.objects.get(site=lister.name).error_code == "site_down"
    store.update(lambda data: data["providers"]["sites"]["aniworld"].update(enabled=False))
    with pytest.raises(Failed) as failed:
        catalogue(running("catalogue"))
    assert failed.value.said["code"] == "site_down"


def test_it_ends_when_it_is_asked_to(lister: ListingSite) -> None:  # noqa: F811
    lister.lists("Alpha", "Beta")
    run = running("catalogue")
    run.stop()
    with pytest.raises(Skipped):
        catalogue(run)
    assert lister.asked == []


def test_old_covers_are_cleared_away(world: SampleWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue(running("catalogue"))
    monkeypatch.setattr(listed_covers, "MOST_COVERS", 3)
    said = caches(running("cache_cleanup"))
    assert said["params"]["covers"] == CatalogueEntry.objects.count() - 3
    assert CatalogueEntry.objects.exclude(cover_source="").count() == 3

"""The job that asks a site once for what is new, over the real sample site."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from aniworld.config import store
from aniworld.pages.calendar import reading
from aniworld.pages.calendar.spans import Span
from aniworld.system.schedule.choices import Trigger
from aniworld.system.schedule.jobs import job_named
from aniworld.system.schedule.models import JobRun
from aniworld.system.schedule.running import Failed, Running, Skipped, work_of
from aniworld.system.schedule.work import news
from aniworld.web.texts import text_of
from library.models import Airing, AnimeSeries
from library.services import add_series
from providers.coded import Coded
from tests.site.catalogue import ENGLISH_SUB, GERMAN_SUB, Episode, offers
from tests.site.world import SampleWorld

FOX, LANTERN, TEA = "kupferfuchs", "mondlaterne", "tea-thunders-edge"
PAGE, CALENDAR = "/neue-episoden", "/animekalender"


@pytest.fixture(autouse=True)
def _known(world: SampleWorld, library: Path, db: None) -> None:
    """Three series, read two days ago."""
    library.mkdir()
    store.update(lambda data: data["library"].update(directories=[str(library)]))
    for key in (FOX, LANTERN, TEA):
        add_series(site="aniworld", key=key)
    AnimeSeries.objects.update(refreshed_at=timezone.now() - timedelta(days=2))
    world.clear_log()


def run(name: str = "new_episodes", *, stopped: bool = False) -> Coded:
    now = timezone.now()
    JobRun.objects.update(state="COMPLETED", ended_at=now)
    values = {"trigger": Trigger.SCHEDULE, "holder": "a", "begun_at": now, "beat_at": now}
    running = Running(JobRun.objects.create(name=name, **values))
    if stopped:
        running.stop()
    job = job_named(name)
    assert job is not None
    return work_of(job)(running)


def asked(world: SampleWorld) -> set[str]:
    """The keys of the series whose pages were asked for."""
    paths = [seen["path"] for seen in world.log() if seen["side"] == "catalogue"]
    return {path.split("/")[3] for path in paths if path.startswith("/anime/stream/")}


def test_where_all_is_known_one_request_is_made(world: SampleWorld) -> None:
    said = run()
    assert said["params"]["read"] == said["params"]["left"] == 0
    assert said["params"]["listed"] > 5
    assert world.counts() == {PAGE: 1}


def test_a_series_with_something_unknown_is_read_at_once(world: SampleWorld) -> None:
    world.put_episode(FOX, Episode(2, 6, "Der Zug", "The Train", offers=offers((GERMAN_SUB,))))
    said = run()
    assert text_of(said).endswith("1 catalogues with something unknown were read, 0 were not.")
    assert (world.counts()[PAGE], asked(world)) == (1, {FOX})
    found = AnimeSeries.objects.get(key=FOX).episodes.get(season=2, episode_number=6)
    assert (found.title, found.state) == ("Der Zug", "MISSING")
    world.clear_log()
    assert run()["params"]["read"] == 0
    assert world.counts() == {PAGE: 1}


def test_a_further_language_of_an_episode_is_something_unknown(world: SampleWorld) -> None:
    tongues = offers((GERMAN_SUB, ENGLISH_SUB))
    world.put_episode(FOX, Episode(2, 5, "Der Zug", "The Train", offers=tongues))
    run()
    assert asked(world) == {FOX}
    found = AnimeSeries.objects.get(key=FOX).episodes.get(season=2, episode_number=5)
    assert set(found.languages) == {"German Sub", "English Sub"}


def test_no_more_are_read_than_may_be(world: SampleWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "MOST", 2)
    for key in (FOX, LANTERN, TEA):
        world.put_episode(key, Episode(9, 1, "Neu", "New", offers=offers((GERMAN_SUB,))))
    AnimeSeries.objects.filter(key=TEA).update(refreshed_at=timezone.now() - timedelta(days=9))
    said = run()
    assert (said["params"]["read"], said["params"]["left"]) == (2, 1)
    assert TEA in asked(world)
    assert run(stopped=True)["params"] == {**said["params"], "read": 0, "left": 1}
    assert run()["params"]["read"] == 1


def test_a_series_that_cannot_be_read_stops_no_other(world: SampleWorld) -> None:
    for key in (FOX, LANTERN):
        world.put_episode(key, Episode(9, 1, "Neu", "New", offers=offers((GERMAN_SUB,))))
    with world.failing("changed_markup", {"what": "table"}, series=FOX):
        said = run()
    assert (said["params"]["read"], said["params"]["left"]) == (1, 1)
    error = AnimeSeries.objects.get(key=FOX).error
    assert error is not None
    assert error["code"] == "markup_changed"


@pytest.mark.parametrize(
    ("effect", "params", "code"),
    [
        ("changed_markup", {"what": "news"}, "markup_changed"),
        ("ddos_guard", {}, "challenge"),
        ("spam", {}, "blacklisted"),
        ("status", {"status": 404}, "not_found"),
    ],
)
def test_a_page_that_cannot_be_read_is_a_run_that_fails(
    world: SampleWorld, effect: str, params: dict[str, object], code: str
) -> None:
    with world.failing(effect, params, path=PAGE), pytest.raises(Failed) as failed:
        run()
    assert failed.value.said["code"] == code
    assert asked(world) == set()


def test_without_a_site_there_is_nothing_to_ask(world: SampleWorld) -> None:
    store.update(lambda data: data["providers"]["sites"]["aniworld"].update(enabled=False))
    with pytest.raises(Skipped) as skipped:
        run()
    assert skipped.value.said["code"] == "job_no_news_page"
    assert world.counts() == {}


def test_what_a_site_announces_stands_on_the_calendar(world: SampleWorld) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    world.announce(
        (FOX, 2, 6, tomorrow.isoformat(), "18:30", (GERMAN_SUB, ENGLISH_SUB)),
        (LANTERN, 4, 1, tomorrow.isoformat(), "", ()),
        ("nachtzug", 1, 1, tomorrow.isoformat(), "20:00", (GERMAN_SUB,)),
    )
    assert text_of(run("announcements")) == ("2 episodes of your series are announced, on 1 sites.")
    assert world.counts() == {CALENDAR: 1}
    with timezone.override("Europe/Berlin"):
        entries = reading.read(Span(tomorrow, tomorrow), reading.Wanted()).entries
        told = {one.series.key: one for one in entries}
        assert told.keys() == {FOX, LANTERN}
        fox, lantern = told[FOX], told[LANTERN]
        assert fox.airs_at is not None
        assert f"{timezone.localtime(fox.airs_at):%H:%M}" == "18:30"
        assert fox.announced == ["English Sub", "German Sub"]
        assert (fox.title, lantern.airs_at, lantern.number) == ("", None, 1)


def test_the_calendar_of_the_sample_site_lists_what_its_catalogue_announces(
    world: SampleWorld,
) -> None:
    assert run("announcements")["params"]["count"] == 3
    assert set(Airing.objects.values_list("series__key", "season", "episode_number")) == {
        (FOX, 2, number) for number in (6, 7, 8)
    }
    assert list(reading.undated(reading.Wanted())) == []


def test_a_calendar_that_cannot_be_read_leaves_what_was_known(world: SampleWorld) -> None:
    run("announcements")
    with (
        world.failing("changed_markup", {"what": "calendar"}, path=CALENDAR),
        pytest.raises(Failed) as failed,
    ):
        run("announcements")
    assert failed.value.said["code"] == "markup_changed"
    assert Airing.objects.count() == 3
    store.update(lambda data: data["providers"]["sites"]["aniworld"].update(enabled=False))
    with pytest.raises(Skipped):
        run("announcements")

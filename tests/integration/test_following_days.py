"""Sixty days on the sample world: what is queued and on disk at each day stands in tables that were
written by hand, and the simulation says the same before it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from aniworld.config import store
from aniworld.journal.models import Entry
from downloads.choices import Status
from downloads.following.asking import ask_due
from downloads.following.carrying import carry_out
from downloads.following.plan import Planned, plan
from downloads.following.shapes import planned_row
from downloads.models import DownloadQueueItem
from library.models import Availability, MediaFile
from library.services import add_series, change_series, episode_arrived, series_directory
from tests.integration.downloads_support import files_in
from tests.site.catalogue import ENGLISH_SUB, GERMAN_DUB, GERMAN_SUB, Episode, offers
from tests.site.world import SampleWorld

DAYS = 60
TRAIN, WELL, QUIET = "nachtzug", "brunnen", "stille"
DUB, SUB, ENGLISH = "German Dub", "German Sub", "English Sub"
TONGUES = {"D": GERMAN_DUB, "S": GERMAN_SUB, "E": ENGLISH_SUB}

# What the catalogue lists from a day on, and in which languages; nothing: it is withdrawn.
NEWS: Mapping[int, Mapping[tuple[str, int], str]] = {
    2: {(TRAIN, 4): "S"},
    5: {(TRAIN, 5): "SD"},
    7: {(TRAIN, 8): "S"},
    9: {(TRAIN, 4): "SD"},
    10: {(TRAIN, 6): "S", (QUIET, 2): "D"},
    12: {(TRAIN, 6): ""},
    15: {(TRAIN, 6): "S"},
    20: {(TRAIN, 7): "SD"},  # the site is down
    30: {(TRAIN, 9): "E"},
    33: {(WELL, 2): "SD"},
    40: {(TRAIN, 9): "ES"},
    50: {(TRAIN, 10): "D"},
}
DOWN = (20, 21)

# Day by day what is queued by itself. Two a day are allowed; the subtitled ones of the train wait
# 14 days for the dubbed ones, the well takes what there is and the better one beside it.
QUEUED: Mapping[int, list[tuple[str, int, str]]] = {
    0: [(WELL, 1, SUB), (WELL, 2, SUB)],
    1: [(WELL, 3, SUB)],
    5: [(TRAIN, 5, DUB)],
    9: [(TRAIN, 4, DUB)],
    21: [(TRAIN, 8, SUB)],  # from day 7; that the site is down is the queue's matter
    22: [(TRAIN, 7, DUB)],  # seen when the site is back
    24: [(TRAIN, 6, SUB)],  # from day 10, though it was gone from 12 to 15
    33: [(WELL, 2, DUB)],
    44: [(TRAIN, 9, SUB)],  # from day 30, when it was out in English
    50: [(TRAIN, 10, DUB)],
}
# What waits, from a day on: episode, and until which day; None: nobody knows.
WAITING: Mapping[int, Mapping[tuple[str, int], int | None]] = {
    0: {(WELL, 3): 1},
    1: {},
    2: {(TRAIN, 4): 16},
    7: {(TRAIN, 4): 16, (TRAIN, 8): 21},
    9: {(TRAIN, 8): 21},
    10: {(TRAIN, 8): 21, (TRAIN, 6): 24},
    12: {(TRAIN, 8): 21},
    15: {(TRAIN, 8): 21, (TRAIN, 6): 24},
    21: {(TRAIN, 6): 24},
    24: {},
    30: {(TRAIN, 9): None},
    40: {(TRAIN, 9): 44},
    44: {},
}
# The better copies that the well waits for are told apart: they are there from day 1 on.
BETTER: Mapping[int, set[int]] = {0: set(), 1: {1, 2}, 2: {1, 2, 3}, 33: {1, 3}}
# When what was queued is on disk: the same day, but for what the site was down for.
LATE = {(TRAIN, 8, SUB): 22}


@pytest.fixture
def followed(world: SampleWorld, library: Path, db: None) -> None:
    library.mkdir()
    for key, title, count in ((TRAIN, "Nachtzug", 3), (WELL, "Brunnen", 3), (QUIET, "Stille", 1)):
        world.put_series(key, title, [f"Teil {number}" for number in range(1, count + 1)])
        for number in range(1, count + 1):
            world.put_episode(key, episode(number, "S"))
    store.update(lambda data: data["library"].update(directories=[str(library)]))
    ranks = [f"{DUB}=now", f"{SUB}=14", f"{ENGLISH}=never"]
    store.update(lambda data: data["following"].update(ranks=ranks, episodes_a_day=2))
    wishes: dict[str, dict[str, Any]] = {
        TRAIN: {"follow": "NEW"},
        WELL: {
            "follow": "GAPS",
            "language_ranks": [f"{DUB}=now", f"{SUB}=now"],
            "keep_files": "BOTH",
        },
        QUIET: {},
    }
    for key, wish in wishes.items():
        series, _ = add_series(site="aniworld", key=key)
        change_series(series, wish)


def episode(number: int, tongues: str) -> Episode:
    languages = [TONGUES[letter] for letter in tongues]
    return Episode(1, number, f"Teil {number}", offers=offers(languages))


def publish_news(world: SampleWorld, day: int) -> None:
    for (key, number), tongues in NEWS.get(day, {}).items():
        if tongues:
            world.put_episode(key, episode(number, tongues))
        else:
            world.remove_episode(key, 1, number)


def latest(table: Mapping[int, Any], day: int) -> Any:
    return table[max(known for known in table if known <= day)]


def on_disk(day: int) -> list[tuple[str, int, str]]:
    """The library of a day, by the table."""
    queued = {one: at for at, rows in QUEUED.items() for one in rows}
    return sorted(one for one, at in queued.items() if LATE.get(one, at) <= day)


def fetch_what_waits() -> None:
    """What a worker does with each item, without its minutes: the file comes into its place in the
    language that the item is for, and the library is told."""
    for item in DownloadQueueItem.objects.waiting().in_order().select_related("series__root"):
        assert item.wanted_language
        name = f"S01E{item.episode_number:02} ({item.wanted_language}).mkv"
        path = series_directory(item.series) / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x" * 1000)
        with transaction.atomic():
            episode_arrived(
                series=item.series,
                season=1,
                episode=item.episode_number,
                path=path,
                size=1000,
                language=item.wanted_language,
            )
            DownloadQueueItem.objects.filter(pk=item.pk).update(status=Status.COMPLETED)


def names(planned: list[Planned]) -> list[tuple[str, int, str]]:
    return [(one.series.key, one.facts.number, one.decision.language) for one in planned]


def test_sixty_days_go_as_written_by_hand(
    followed: None, world: SampleWorld, library: Path
) -> None:
    start = timezone.localtime().replace(hour=12) + timedelta(days=1)
    down: int | None = None
    for day in range(DAYS):
        now = start + timedelta(days=day)
        publish_news(world, day)
        if day == DOWN[0]:
            down = world.fail_status(503, side="catalogue", path="/*")
        elif down is not None and day > DOWN[-1]:
            world.mend(down)
            down = None
        asked = ask_due(now)
        assert bool(asked.failures) == (day in DOWN), (day, asked.failures)

        simulated = plan(now)
        before = set(DownloadQueueItem.objects.values_list("pk", flat=True))
        carried = carry_out(now)

        rows = [planned_row(one) for one in simulated.planned]
        assert [planned_row(one) for one in carried.plan.planned] == rows
        assert carried.skipped == []
        items = DownloadQueueItem.objects.exclude(pk__in=before).order_by("position")
        queued = [(i.series.key, i.episode_number, i.wanted_language) for i in items]
        assert queued == names(list(simulated.to_queue)) == QUEUED.get(day, []), day
        _waits_as_written(simulated.waiting, day, lambda d: start + timedelta(days=d))

        if day not in DOWN:
            fetch_what_waits()
        files = MediaFile.objects.values_list("series__key", "episodes", "language")
        there = sorted((key, numbers[0], language) for key, numbers, language in files)
        assert there == on_disk(day), day
    assert len(files_in(library)) == len(on_disk(DAYS))
    assert {entry.reason_code for entry in Entry.objects.of_action("queue.added")} == {
        *("follow_missing", "follow_better")
    }
    gone = Availability.objects.get(series__key=TRAIN, episode_number=6)
    assert (gone.first_seen_at, gone.gone_at) == (start + timedelta(days=10), None)


def _waits_as_written(waiting: list[Planned], day: int, at: Callable[[int], Any]) -> None:
    better = {one.facts.number for one in waiting if one.decision.reason == "follow_better_not_out"}
    assert better == latest(BETTER, day), day
    missing = [one for one in waiting if one.decision.reason != "follow_better_not_out"]
    found = {(one.series.key, one.facts.number): one.decision.until for one in missing}
    expected = {place: until and at(until) for place, until in latest(WAITING, day).items()}
    if day == 0:  # what goes beyond the day's number has its turn at midnight
        expected[WELL, 3] = at(1).replace(hour=0, minute=0, second=0, microsecond=0)
    assert found == expected, day

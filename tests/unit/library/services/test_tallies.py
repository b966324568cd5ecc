"""Counting the library."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from library.choices import FileState
from library.models import AnimeSeries, LibraryDay, LibraryTally
from library.services import tallies
from library.services.tallies import Counts
from tests.factories import make_episodes, make_file, make_root, make_series

pytestmark = pytest.mark.django_db


def named(rows: list[dict[str, object]]) -> dict[object, object]:
    return {row["name"]: row["files"] for row in rows}


def test_all_series_that_are_there_are_counted() -> None:
    make_series("Complete", present=2)
    make_series("Begun", present=1, missing=3)
    make_series("Nothing", missing=1)
    make_series("Away", present=1, total_episodes=3, unavailable_count=2)
    make_series("Left", present=1, total_episodes=5, monitored=False)
    announced = make_series("Soon", total_episodes=2)
    gone = make_series("Gone", present=7, missing=7, deleted_at=timezone.now())
    make_episodes([(one, 9, n, "ANNOUNCED") for one in (announced, gone) for n in (1, 2)])
    known = tallies.counts()
    assert known == Counts(
        series=6,
        complete=1,
        incomplete=3,
        unmonitored=1,
        episodes=17,
        present=5,
        missing=4,
        unavailable=2,
        announced=2,
    )
    assert known.others == 4


def test_of_no_series_everything_is_nothing() -> None:
    assert set(vars_of(tallies.counts())) == {0}


def vars_of(known: Counts) -> list[int]:
    return [getattr(known, name) for name in Counts.__dataclass_fields__]


def test_a_day_is_kept_as_it_was_counted_last() -> None:
    series = make_series("Show", present=1, missing=1)
    make_file(series, "1.mkv", size=5)
    now = timezone.now()
    tallies.keep(now - timedelta(days=1))
    tallies.keep(now)
    make_file(series, "2.mkv", size=6)
    tallies.keep(now)
    rows = LibraryDay.objects.values_list("files", "bytes", "episodes", "missing", "is_counted")
    assert list(rows) == [(1, 5, 1, 1, True), (2, 11, 1, 1, True)]
    assert LibraryTally.objects.get().files == 2


def test_a_day_that_was_worked_out_is_counted_when_it_is_today() -> None:
    today = timezone.localdate()
    LibraryDay.objects.create(day=today, is_counted=False, files=9, bytes=9, episodes=9)
    row = tallies.keep(timezone.now())
    assert (row.is_counted, row.files, row.missing, row.announced) == (True, 0, 0, 0)
    assert LibraryDay.objects.get() == row


def test_only_files_that_are_there_count() -> None:
    series = make_series("Show")
    make_file(series, "1.mkv", size=5)
    make_file(series, "2.mkv", size=7, state=FileState.UNAVAILABLE)
    make_file(series, "3.mkv", size=9, root=make_root("/srv/former", is_active=False))
    assert tallies.keep(timezone.now()).bytes == 5


@pytest.mark.parametrize(
    ("width", "height", "name"),
    [
        (3840, 2160, "2160p"),
        (3840, 1608, "2160p"),
        (2560, 1440, "1440p"),
        (1920, 1080, "1080p"),
        (1920, 804, "1080p"),
        (1440, 1080, "1080p"),
        (1280, 720, "720p"),
        (960, 720, "720p"),
        (1280, 534, "720p"),
        (1024, 576, "576p"),
        (768, 576, "576p"),
        (720, 480, "480p"),
        (320, 240, "480p"),
        (None, None, ""),
        (0, 0, ""),
    ],
)
def test_a_picture_is_of_a_kind_whatever_was_cut_off(
    width: int | None, height: int | None, name: str
) -> None:
    make_file(make_series("Show"), "1.mkv", width=width, height=height)
    tallies.keep(timezone.now())
    assert named(LibraryTally.objects.get().qualities) == {name: 1}


def test_a_file_is_in_the_language_it_is_said_to_be_in_or_that_is_heard() -> None:
    series = make_series("Show")
    files: tuple[tuple[str, list[str]], ...] = (
        ("German Sub", ["jpn"]),
        ("German Sub", ["jpn", "ger"]),
        ("", ["jpn", "ger"]),
        ("", ["jpn"]),
        ("", ["und"]),
        ("", [""]),
        ("", []),
    )
    for number, (language, tracks) in enumerate(files):
        make_file(series, f"{number}.mkv", language=language, audio_languages=tracks)
    tallies.keep(timezone.now())
    assert named(LibraryTally.objects.get().languages) == {
        **{"German Sub": 2, "sound:jpn": 2, "sound:ger": 1, "": 3},
    }


def test_the_largest_series_come_first_and_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "LARGEST_KEPT", 2)
    for size in (1, 5, 3):
        series = make_series(f"Of {size}")
        make_file(series, f"{size}-1.mkv", size=size)
        make_file(series, f"{size}-2.mkv", size=size)
    gone = make_series("Gone", deleted_at=timezone.now())
    make_file(gone, "gone.mkv", size=99)
    lost = make_file(gone, "lost.mkv", size=99)
    lost.series = None
    lost.save()
    tallies.keep(timezone.now())
    largest = LibraryTally.objects.get().largest
    assert [(row["name"], row["files"], row["bytes"]) for row in largest] == [
        *(("Of 5", 2, 10), ("Of 3", 2, 6)),
    ]
    assert AnimeSeries.objects.filter(key=largest[0]["key"]).exists()


def test_old_days_go() -> None:
    today = timezone.localdate()
    for days in (0, 9, 10, 11):
        facts = {"files": 1, "bytes": 1, "episodes": 1, "is_counted": False}
        LibraryDay.objects.create(day=today - timedelta(days=days), **facts)
    assert tallies.forget_before(today - timedelta(days=9)) == 2
    assert LibraryDay.objects.count() == 2

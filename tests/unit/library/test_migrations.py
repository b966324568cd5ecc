"""Rows with sentences become rows with codes, and back again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from aniworld.web.texts import Told, told
from library import migrations
from library.models import (
    AnimeSeries,
    Availability,
    LibraryDay,
    LibraryRoot,
    MediaFile,
    RefusedFolder,
    ScanOperation,
    UnmatchedFolder,
)

BEFORE = ("library", "0006_who_started")
# The rows are read by the models of today, which need the tables of today.
AFTER = max(path.stem for path in Path(migrations.__file__).parent.glob("0*.py"))
NOW = timezone.now()
DECIMAL = "decimal number 05.5: a recap or special between two episodes"
NO_FILM = "No film can be read from the file: it is damaged, not complete or something else."
CLOSED = "The file cannot be opened: Permission denied."
REASONS = ["same title", "another imdb id", "another year: 2011, the folder says 2013", "a hunch"]
EMPTY = "The library folder /anime is empty, but 3 files are known in it."

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(*targets: tuple[str, str]) -> Apps:
    executor = MigrationExecutor(connection)
    state = executor.migrate(list(targets))
    apps: Apps = state.apps
    return apps


@pytest.fixture
def before() -> Iterator[Apps]:
    """The tables as they were; afterwards they are as they are to be."""
    apps = migrate(BEFORE)
    yield apps
    migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())


def rows(apps: Apps, model: str) -> Any:
    """The table as it was then."""
    return apps.get_model("library", model).objects.order_by("pk")


def fill(apps: Apps) -> None:
    """A row of each kind, with the sentences of then."""
    root = rows(apps, "LibraryRoot").create(
        path="/anime", frozen_reason="root_changed", error=EMPTY
    )
    series = rows(apps, "AnimeSeries")
    series.create(key="a", site="s", site_key="a", name="A", error="No answer.", error_code="down")
    series.create(key="b", site="s", site_key="b", name="B")
    files = rows(apps, "MediaFile")
    for path, problem, media in (
        ("good.mkv", "", ""),
        ("05.5.mkv", DECIMAL, NO_FILM),
        ("movie.mkv", "a film or special without a number", CLOSED),
        ("odd.mkv", "of another name reader", ""),
    ):
        files.create(root=root, path=path, problem=problem, media_problem=media, seen_at=NOW)
    folders = rows(apps, "UnmatchedFolder")
    folders.create(root=root, folder="A", reason="WRONG_SERIES", detail="not A")
    found: dict[str, Any] = {
        "key": "k",
        "name": "K",
        "site": "s",
        "year": None,
        "score": 0.7,
        "reasons": REASONS,
    }
    folders.create(
        root=root,
        folder="B",
        reason="AMBIGUOUS",
        detail="Hm.",
        candidates=[found],
    )
    empty = {"path": "A/b.mkv", "code": "empty_file", "reason": "is empty (0 bytes)"}
    rows(apps, "ScanOperation").create(
        state="FAILED",
        started_at=NOW,
        message="Asking aniworld",
        error_code="root_unavailable",
        error=EMPTY,
        problems=[empty],
    )


def as_told(code: str, sentence: str) -> Told | None:
    return told(code, {"why": "as_told", "text": sentence})


def test_every_sentence_is_told_forward_and_backward(before: Apps) -> None:
    fill(before)
    migrate(("library", AFTER))
    check_forward()
    MediaFile.objects.filter(path="good.mkv").update(
        media_problem="media_not_opened", media_problem_params={"errno": "EIO"}
    )
    check_backward(migrate(BEFORE))


def check_forward() -> None:
    errors = {series.key: series.error for series in AnimeSeries.objects.all()}
    assert errors == {"a": as_told("down", "No answer."), "b": None}
    root, operation = LibraryRoot.objects.get(), ScanOperation.objects.get()
    assert root.error == operation.error == as_told("root_unavailable", EMPTY)
    assert operation.message == told("scan_asking", {"site": "aniworld"})
    params = {"why": "as_told", "text": "is empty (0 bytes)"}
    assert operation.problems == [{"path": "A/b.mkv", "code": "empty_file", "params": params}]
    assert dict(MediaFile.objects.values_list("path", "problem")) == {
        "good.mkv": "",
        "05.5.mkv": "name_with_decimal",
        "movie.mkv": "name_of_film",
        "odd.mkv": "name_without_number",
    }
    media = {file.path: file.media_fault for file in MediaFile.objects.all()}
    assert media["05.5.mkv"] == told("media_no_film")
    assert media["movie.mkv"] == as_told("media_not_opened", CLOSED)
    assert (media["good.mkv"], media["odd.mkv"]) == (None, None)
    wrong, many = UnmatchedFolder.objects.order_by("folder")
    assert wrong.detail == told("other_series", {"name": "A"})
    assert many.detail == as_told("unmatched_detail", "Hm.")
    assert many.candidates[0]["reasons"] == [
        {"code": "same_title", "params": {}},
        {"code": "another_id", "params": {"kind": "imdb"}},
        {"code": "another_year", "params": {"year": 2011, "folder_year": 2013}},
        {"code": "candidate_reason", "params": {"why": "as_told", "text": "a hunch"}},
    ]


def check_backward(apps: Apps) -> None:
    def column(model: str, *names: str) -> list[Any]:
        return list(rows(apps, model).values_list(*names, flat=len(names) == 1))

    assert column("AnimeSeries", "error", "error_code") == [("No answer.", "down"), ("", "")]
    assert column("LibraryRoot", "error") == [EMPTY]
    assert column("ScanOperation", "message", "error") == [("Asking AniWorld", EMPTY)]
    problem = {"path": "A/b.mkv", "code": "empty_file", "reason": "is empty (0 bytes)"}
    assert column("ScanOperation", "problems") == [[problem]]
    assert column("MediaFile", "problem", "media_problem") == [
        ("", "The file cannot be opened: Input/output error."),
        ("a decimal number: a recap or special between two episodes", NO_FILM),
        ("a film or special without a number", CLOSED),
        ("no season or episode number in the name", ""),
    ]
    assert column("UnmatchedFolder", "detail") == ["not A", "Hm."]
    assert column("UnmatchedFolder", "candidates")[1][0]["reasons"] == REASONS


def test_what_was_called_ambiguous_is_told_apart() -> None:
    apps = migrate(("library", "0014_passed_over"))
    root = rows(apps, "LibraryRoot").create(path="/anime")
    for folder, reason, code, candidates in (
        ("Elsewhere", "AMBIGUOUS", "series_elsewhere", []),
        ("One", "AMBIGUOUS", "", [{"key": "a"}]),
        ("Two", "AMBIGUOUS", "", [{"key": "a"}, {"key": "b"}]),
        ("Removed", "NO_CANDIDATE", "series_removed", []),
        ("None", "NO_CANDIDATE", "", []),
    ):
        rows(apps, "UnmatchedFolder").create(
            root=root, folder=folder, reason=reason, detail_code=code, candidates=candidates
        )
    migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())
    assert dict(UnmatchedFolder.objects.values_list("folder", "reason")) == {
        "Elsewhere": "HAS_FOLDER",
        "One": "UNSURE",
        "Two": "AMBIGUOUS",
        "Removed": "REMOVED",
        "None": "NO_CANDIDATE",
    }


def test_folders_taken_from_a_series_are_remembered_beyond_the_list() -> None:
    apps = migrate(("library", "0012_refused_folders"))
    root = rows(apps, "LibraryRoot").create(path="/anime")
    listed = rows(apps, "UnmatchedFolder")
    listed.create(
        root=root,
        folder="Show",
        reason="WRONG_SERIES",
        detail_code="other_series",
        detail_params={"name": "Another"},
    )
    listed.create(root=root, folder="Other", reason="AMBIGUOUS")
    migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())
    [kept] = RefusedFolder.objects.all()
    assert (kept.folder, told(kept.detail_code, kept.detail_params)) == (
        "Show",
        told("other_series", {"name": "Another"}),
    )


def test_what_catalogues_list_already_is_seen_when_they_were_read_last() -> None:
    try:
        apps = migrate(("library", "0017_renamings"))
        series, episodes = rows(apps, "AnimeSeries").model, rows(apps, "Episode").model
        read = series.objects.create(
            key="a", site="s", site_key="a", name="A", folder="A", refreshed_at=NOW
        )
        unread = series.objects.create(key="b", site="s", site_key="b", name="B", folder="B")
        for number, (hosters, listed) in enumerate(
            ((["VOE"], True), ([], True), (["VOE"], False)), start=1
        ):
            for one in (read, unread):
                episodes.objects.create(
                    series=one,
                    season=1,
                    episode_number=number,
                    languages=["German Dub", "German Sub"],
                    hosters=hosters,
                    listed=listed,
                )
        migrate(("library", "0020_first_seen"))
        first_read = dict(AnimeSeries.objects.values_list("key", "first_read_at"))
        assert first_read == {"a": NOW, "b": None}
        known = Availability.objects.values_list("series__key", "episode_number", "language")
        assert set(known) == {("a", 1, "German Dub"), ("a", 1, "German Sub")}
        assert set(Availability.objects.values_list("first_seen_at", "gone_at")) == {(NOW, None)}
        migrate(("library", "0017_renamings"))  # and back
    finally:
        migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())


def test_what_appeared_after_the_first_reading_was_news() -> None:
    try:
        apps = migrate(("library", "0021_replace_better"))
        series = rows(apps, "AnimeSeries").create(
            key="a", site="s", site_key="a", name="A", folder="A", first_read_at=NOW
        )
        unread = rows(apps, "AnimeSeries").create(
            key="b", site="s", site_key="b", name="B", folder="B"
        )
        for number, (one, seen) in enumerate(
            ((series, NOW), (series, NOW + timedelta(seconds=1)), (unread, NOW)), start=1
        ):
            place = {"series": one, "season": 1, "episode_number": number}
            rows(apps, "Availability").create(**place, language="German Sub", first_seen_at=seen)
        migrate(("library", "0023_what_was_news"))
        news = Availability.objects.filter(is_news=True)
        assert list(news.values_list("episode_number", flat=True)) == [2]
        migrate(("library", "0021_replace_better"))  # and back
    finally:
        migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())


def test_on_the_way_back_ignored_folders_wait_again() -> None:
    try:
        apps = migrate(("library", "0030_without_ignored"))
        root = rows(apps, "LibraryRoot").create(path="/srv/ignored")
        rows(apps, "UnmatchedFolder").create(root=root, folder="A", reason="IGNORED")
        rows(apps, "RefusedFolder").create(root=root, folder="A", is_ignored=True)
        apps = migrate(("library", "0028_catalogue_changes"))
        assert list(rows(apps, "UnmatchedFolder").values_list("reason", flat=True)) == [
            "NO_CANDIDATE"
        ]
        assert not rows(apps, "RefusedFolder").exists()
    finally:
        migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())


def test_days_before_the_first_count_are_worked_out_from_what_is_there() -> None:
    try:
        apps = migrate(("library", "0032_days_of_the_library"))
        root = rows(apps, "LibraryRoot").create(path="/srv/anime")
        former = rows(apps, "LibraryRoot").create(path="/srv/former", is_active=False)
        series = rows(apps, "AnimeSeries").create(key="a", site="s", site_key="a", name="A")
        gone = rows(apps, "AnimeSeries").create(
            key="b", site="s", site_key="b", name="B", deleted_at=NOW
        )
        ages = {"downloaded": 9, "seen": 5, "double": 7, "ancient": 9_000, "ahead": -3}
        for number, (name, days) in enumerate(ages.items(), start=1):
            seen = NOW - timedelta(days=days if name != "downloaded" else 1)
            file = rows(apps, "MediaFile").create(
                root=root, path=f"{name}.mkv", size=10**number, seen_at=seen
            )
            came = NOW - timedelta(days=days) if name == "downloaded" else None
            for episode in (number, 100 + number) if name == "double" else (number,):
                rows(apps, "Episode").create(
                    series=series,
                    season=1,
                    episode_number=episode,
                    state="PRESENT",
                    is_downloaded=True,
                    file=file,
                    download_date=came,
                )
        rows(apps, "MediaFile").create(root=former, path="x.mkv", size=1, seen_at=NOW)
        for one, state in ((gone, "PRESENT"), (series, "MISSING")):
            there = {"state": state, "is_downloaded": state == "PRESENT"}
            rows(apps, "Episode").create(series=one, season=9, episode_number=9, **there)
        migrate(("library", "0033_days_before"))
        today = timezone.localdate()
        known = LibraryDay.objects.order_by("day")
        assert [(today - row.day).days for row in known] == [3653, 9, 7, 5, 0]
        assert [row.episodes for row in known] == [1, 2, 4, 5, 6]
        assert [row.files for row in known] == [1, 2, 3, 4, 5]
        assert [row.bytes for row in known] == [10_000, 10_010, 11_010, 11_110, 111_110]
        assert {(row.is_counted, row.missing, row.announced) for row in known} == {
            (False, None, None)
        }
        migrate(("library", "0031_dismissed_numbers"))  # and back
    finally:
        migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())


def test_files_that_are_there_twice_are_told_apart() -> None:
    try:
        apps = migrate(("library", "0033_days_before"))
        root = rows(apps, "LibraryRoot").create(path="/srv/twice")
        series = rows(apps, "AnimeSeries").create(
            key="a", site="s", site_key="a", name="A", folder="A"
        )
        of = {"root": root, "series": series, "folder": "A", "season": 1, "seen_at": NOW}
        small, large, alone = (
            rows(apps, "MediaFile").create(path=f"A/{size}", size=size, episodes=[number], **of)
            for size, number in ((1, 1), (2, 1), (3, 2))
        )
        unread = rows(apps, "MediaFile").create(path="A/x", problem="name_without_number", **of)
        for number, file in ((1, large), (2, alone)):
            rows(apps, "Episode").create(
                series=series,
                season=1,
                episode_number=number,
                state="PRESENT",
                is_downloaded=True,
                file=file,
            )
        migrate(("library", AFTER))
        assert dict(MediaFile.objects.values_list("pk", "instead")) == {
            small.pk: large.pk,
            large.pk: None,
            alone.pk: None,
            unread.pk: None,
        }
        migrate(("library", "0033_days_before"))  # and back
    finally:
        migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())

"""The pages of folders without a series, and of series without a catalogue."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from library.models import AnimeSeries, LibraryRoot, MediaFile, UnmatchedFolder
from tests.factories import make_series, make_unmatched
from tests.unit.reading import get, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(library: LibraryRoot) -> UnmatchedFolder:
    read: tuple[dict[str, Any], ...] = (
        {"season": 1, "episodes": [1]},
        {"problem": "name_of_film"},
    )
    for n, said in enumerate(read):
        MediaFile.objects.create(
            root=library,
            folder="Home Films (2009)",
            path=f"Home Films (2009)/{n} <x>.mkv",
            size=5_000_000,
            seen_at=timezone.now(),
            **said,
        )
    return make_unmatched("Home Films (2009)", root=library, reason="NO_CANDIDATE")


def test_a_folder_shows_its_files_and_what_was_read(
    visitor: Client, folder: UnmatchedFolder
) -> None:
    lines = texts(get(visitor, f"/unmatched/{folder.pk}/files"), ".folder-files li")
    assert len(lines) == 2
    assert "0 <x>.mkv" in lines[0]
    assert "Read as season 1, episode 1." in lines[0]
    assert "a film or special without a number" in lines[1]
    get(visitor, "/unmatched/999999/files", status=404)


def test_it_is_kept_under_a_name_of_ones_own(visitor: Client, folder: UnmatchedFolder) -> None:
    answer = visitor.post(f"/unmatched/{folder.pk}/keep", {"name": "Films of Ours"})
    assert answer.headers["Location"] == "/series/films-of-ours"
    series = AnimeSeries.objects.get()
    assert (series.name, series.year, series.folder) == ("Films of Ours", 2009, folder.folder)
    shown = str(get(visitor, "/series/films-of-ours"))
    assert "This series has no catalogue" in shown
    assert "Tie to a catalogue" in shown
    assert 'id="series-refresh"' not in shown
    assert "could not be assigned" in shown  # the file without a number


def test_that_it_is_none_of_its_own_is_undone_from_the_message(
    visitor: Client, folder: UnmatchedFolder
) -> None:
    visitor.post(f"/unmatched/{folder.pk}/keep", {"name": "Films of Ours"})
    get(visitor, "/")  # which shows that, with its own way back
    visitor.post("/series/films-of-ours/unmatch", {"sure": "yes"})
    shown = get(visitor, "/unmatched")
    (address,) = {str(form["action"]) for form in shown.select(".toast form[action]")}
    visitor.post(address)
    series = AnimeSeries.objects.active().get()
    assert (series.key, series.folder) == ("films-of-ours", folder.folder)


@pytest.mark.parametrize("view", ["grid", "table"])
def test_a_series_without_a_catalogue_is_never_complete(
    visitor: Client, library: LibraryRoot, view: str
) -> None:
    make_series("Own", present=2, site="")
    make_series("Adopted", present=2, refreshed_at=None)
    page = str(get(visitor, f"/?view={view}")).lower()
    assert "no catalogue" in page
    assert "catalogue not read" in page
    assert "progress--complete" not in page
    assert "complete</span>" not in page
    assert not get(visitor, f"/?view={view}&show=complete").select("[data-key]")


def test_ignored_folders_have_a_list_of_their_own(visitor: Client, folder: UnmatchedFolder) -> None:
    visitor.post(f"/unmatched/{folder.pk}/ignore")
    waiting = get(visitor, "/unmatched")
    assert not waiting.select(".folder")
    assert "Ignored: 1" in str(waiting)
    assert not waiting.select("#unmatched-count, .badge--unmatched")
    assert texts(get(visitor, "/unmatched?show=ignored"), ".folder-name") == ["Home Films (2009)"]
    visitor.post(f"/unmatched/{folder.pk}/heed")
    assert texts(get(visitor, "/unmatched"), ".folder-name") == ["Home Films (2009)"]
    assert "No folder is ignored" in str(get(visitor, "/unmatched?show=ignored"))


def test_without_a_site_nobody_can_be_asked(visitor: Client, folder: UnmatchedFolder) -> None:
    assert not get(visitor, "/unmatched").select("#ask-all")
    visitor.post("/unmatched/ask")
    folder.refresh_from_db()
    assert folder.reason == "NO_CANDIDATE"
    own = make_series("Own", site="")
    assert "No catalogue site is chosen" in str(get(visitor, f"/series/{own.key}/catalogue?q=x"))

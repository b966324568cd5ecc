"""Writing what a scan has found, beside others that write."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from library.choices import EpisodeState
from library.models import Episode, LibraryRoot, MediaFile
from library.scanner.diff import FolderChange
from library.scanner.found import Folder
from library.scanner.rows import KnownFile
from library.scanner.write import Counts, Writer
from tests.factories import make_file, make_root, make_series

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("came", "stays"),
    [
        (timedelta(0), True),  # since the scan began: it was placed after its folder was read
        (-MINUTE, False),
        (timedelta(hours=1), False),  # of a clock that was set back
    ],
)
@pytest.mark.django_db
def test_what_came_since_the_scan_began_is_not_gone(came: timedelta, stays: bool) -> None:
    root: LibraryRoot = make_root()
    series = make_series(root=root, folder="Show")
    began = timezone.now()
    file = make_file(
        series,
        "Show/Show - 01.mkv",
        folder="Show",
        season=1,
        episodes=[1],
        seen_at=timezone.now() + came,
    )
    columns = (1, "[1]", "[]", "", "", "", None, "", "[]", "", "")
    known = KnownFile(file.pk, file.path, file.size, 0, file.state, series.pk, columns)  # type: ignore[arg-type]
    change = FolderChange(Folder("Show", []), gone=[known])
    writer = Writer(root, False, Counts(), began)
    writer.add(change, series.pk, iter(()))
    writer.flush()
    assert MediaFile.objects.filter(pk=file.pk).exists() == stays
    episode = Episode.objects.filter(series=series, state=EpisodeState.PRESENT)
    assert episode.exists() == stays

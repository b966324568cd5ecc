"""Whatever Aniworld does to files says in which folder, in the transaction in which it counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from aniworld.config import store
from aniworld.events.models import OutboxEvent
from library.models import AnimeSeries, BinnedFile, MediaFile
from library.recycling.delete import delete_files
from library.recycling.look import chosen
from library.recycling.restore import restore
from library.services.arrivals import episode_arrived
from tests.unit.library.conftest import rescan
from tests.unit.library.fakes import FakeSite
from tests.unit.library.renaming.conftest import rename, write

pytestmark = pytest.mark.django_db
HOME = "Show (2013)/Season 1"


@pytest.fixture
def home(show: FakeSite, library: Path) -> AnimeSeries:
    write(library, f"{HOME}/Show - S01E01.mkv", f"{HOME}/Show - S01E02.mkv")
    assert rescan().state == "COMPLETED"
    OutboxEvent.objects.all().delete()
    return AnimeSeries.objects.get()


def said() -> list[Any]:
    rows = OutboxEvent.objects.filter(type="files_changed").order_by("id")
    return [(one["folder"], one["change"]) for row in rows for one in row.data["folders"]]


def test_a_scan_says_nothing_for_servers_look_themselves(home: AnimeSeries) -> None:
    assert said() == []


def test_an_arrival(home: AnimeSeries, library: Path) -> None:
    for _ in range(2):
        path = library / HOME / "Show - S01E03.mkv"
        path.write_bytes(b"x")
        with transaction.atomic():
            episode_arrived(series=home, season=1, episode=3, path=path, size=1)
    assert said() == [(HOME, "CREATED"), (HOME, "MODIFIED")]
    root = OutboxEvent.objects.filter(type="files_changed").latest("id").data["root"]
    assert root == home.root_id


def test_an_arrival_that_is_taken_back_says_nothing(home: AnimeSeries, library: Path) -> None:
    path = library / HOME / "Show - S01E03.mkv"
    path.write_bytes(b"x")
    with transaction.atomic():
        episode_arrived(series=home, season=1, episode=3, path=path, size=1)
        transaction.set_rollback(True)
    assert said() == []
    assert MediaFile.objects.count() == 2


def test_a_deletion_and_what_comes_back(home: AnimeSeries) -> None:
    delete_files(home, chosen(home, season=1))
    assert said() == [(HOME, "DELETED")]
    restore([row.pk for row in BinnedFile.objects.all()])
    assert said()[1:] == [(HOME, "CREATED")] * 2


def test_a_renaming_says_it_once_for_all_files(home: AnimeSeries) -> None:
    store.update(
        lambda data: data["downloads"].update(naming_template="{name}/S{season:02}E{episode:02}")
    )
    rename()
    assert said() == [("Show (2013)", "MODIFIED")]

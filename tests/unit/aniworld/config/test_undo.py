"""Changes of the configuration are taken back by way of the journal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from aniworld.config import backups, services, store
from aniworld.config.codec import plain
from aniworld.journal import services as journal
from aniworld.journal.errors import AlreadyUndone, ChangedSince, UndoTooLate
from aniworld.journal.models import Entry

pytestmark = pytest.mark.django_db

SECRET = "https://me:hunter2@a.example"


def downloads(**values: Any) -> dict[str, Any]:
    return {"downloads": values}


def sites(**named: Any) -> dict[str, Any]:
    return {"providers": {"sites": named}}


def newest() -> Entry:
    found = Entry.objects.newest_first().first()
    assert found is not None
    return found


def test_a_change_is_taken_back_and_brought_again() -> None:
    services.edit(downloads(max_retries=7, overwrite=True))
    services.edit(downloads(connections=2))

    journal.undo(entry_id=Entry.objects.earliest("pk").pk)
    assert plain(store.load().downloads)["max_retries"] == 3
    assert plain(store.load().downloads)["connections"] == 2  # changed since, and not by this

    journal.undo(entry_id=newest().pk)
    assert store.load().downloads.max_retries == 7
    assert store.load().downloads.overwrite is True


def test_what_was_changed_since_stays() -> None:
    services.edit(downloads(max_retries=7))
    first = newest().pk
    services.edit(downloads(max_retries=8))
    with pytest.raises(ChangedSince):
        journal.undo(entry_id=first)
    assert store.load().downloads.max_retries == 8


def test_it_is_taken_back_once() -> None:
    services.edit(downloads(max_retries=7))
    entry = newest().pk
    journal.undo(entry_id=entry)
    with pytest.raises(AlreadyUndone):
        journal.undo(entry_id=entry)


def test_a_site_that_was_not_there_is_gone_again_and_others_stay() -> None:
    services.edit(sites(one={"enabled": True}))
    first = newest().pk
    services.edit(sites(one={"enabled": True}, two={"enabled": True}))
    journal.undo(entry_id=first)
    assert set(store.load().providers.sites) == {"two"}


def test_a_secret_comes_back_and_is_nowhere_in_the_journal() -> None:
    services.edit(sites(one={"base_url": SECRET}))
    services.edit(sites(one={"base_url": "https://•••@a.example", "enabled": True}))
    services.edit(sites(one={"base_url": "https://b.example"}))
    journal.undo(entry_id=newest().pk)
    assert store.load().providers.sites["one"].base_url == SECRET
    assert "hunter2" not in str(list(Entry.objects.values()))


def test_a_secret_that_was_changed_since_stays() -> None:
    """Both are shown alike; what is compared is not what is shown."""
    services.edit(sites(one={"base_url": "https://me:old@a.example"}))
    services.edit(sites(one={"base_url": SECRET}))
    with pytest.raises(ChangedSince):
        journal.undo(entry_id=Entry.objects.earliest("pk").pk)
    assert store.load().providers.sites["one"].base_url == SECRET


def test_without_its_backup_it_is_too_late() -> None:
    services.edit(downloads(max_retries=7))
    services.edit(downloads(max_retries=8))
    entry = newest().pk
    for file in backups.newest_first():
        file.unlink()
    with pytest.raises(UndoTooLate):
        journal.undo(entry_id=entry)


def test_what_no_longer_goes_together_is_said(data_dir: Path, settings: Settings) -> None:
    """A folder that would lie in one that is there since."""
    settings.DATA_DIR = data_dir / "data"
    settings.DATA_DIR.mkdir()
    inner, other = data_dir / "media" / "anime", data_dir / "other"
    inner.mkdir(parents=True)
    other.mkdir()
    services.edit({"library": {"directories": [str(inner)]}})
    services.edit({"library": {"directories": [str(other)]}})
    entry = newest().pk
    services.edit({"library": {"directories": [str(data_dir / "media"), str(other)]}})
    with pytest.raises(ChangedSince):
        journal.undo(entry_id=entry)
    assert store.load().library.directories == (str(data_dir / "media"), str(other))


def test_the_first_change_of_all_is_taken_back_to_the_defaults() -> None:
    services.edit(downloads(max_retries=7))
    journal.undo(entry_id=newest().pk)
    assert store.load().downloads.max_retries == 3


@pytest.mark.parametrize("how", ["reset", "import", "restore"])
def test_a_whole_other_configuration_is_taken_back(how: str) -> None:
    services.edit(downloads(max_retries=7, connections=2))
    services.edit(downloads(connections=3))
    if how == "reset":
        services.reset()
    elif how == "import":
        services.take_over({"downloads": {"max_retries": 1}})
    else:
        services.restore(services.backups()[0].name)
    journal.undo(entry_id=newest().pk)
    assert (store.load().downloads.max_retries, store.load().downloads.connections) == (7, 3)

"""What is put right after a process that was ended in the middle of a backup or a restore."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from aniworld.config import codec, store
from aniworld.journal.models import Entry
from aniworld.journal.services import record
from aniworld.system import backed_up
from aniworld.system.backups import interrupted, services, shelf
from aniworld.system.backups.entries import BackupAction, about
from aniworld.system.backups.interrupted import Note, What
from tests.unit.aniworld.system.backups.made import name_of, put

pytestmark = pytest.mark.django_db
KEPT = name_of(2, "safety")


def keep(number: int) -> None:
    store.replace({"backup": {"keep_databases": number}})


def left(note: Note) -> None:
    """A process is killed with this under way."""
    shelf.prepare()
    backed_up.note().write_text(json.dumps(asdict(note)))


def kept() -> int:
    return store.load().backup.keep_databases


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create(username="admin", is_superuser=True, is_staff=True)


def fail_within(note: Note) -> None:
    with interrupted.noted(note):
        keep(9)
        raise LookupError


def killed_before_its_end() -> None:
    """A restore whose settings are written, and whose rows are rolled back."""
    keep(5)
    before = codec.plain(store.load())
    keep(9)
    left(Note(What.RESTORE, f"/backups/{name_of(1)}", KEPT, before))


def test_settings_go_back_with_the_rows(owner: User) -> None:
    killed_before_its_end()
    services.tidy()
    assert kept() == 5
    assert not backed_up.note().exists()
    entry = Entry.objects.get(action=BackupAction.RESTORE_INTERRUPTED)
    assert (entry.actor_kind, entry.object_id) == ("SYSTEM", name_of(1))


def test_settings_stay_with_rows_that_are_those_of_the_backup(owner: User) -> None:
    killed_before_its_end()
    with transaction.atomic():
        record(BackupAction.RESTORED, on=about(name_of(1)), after={"kept": KEPT})
    services.tidy()
    assert kept() == 9
    assert not Entry.objects.filter(action=BackupAction.RESTORE_INTERRUPTED).exists()


def test_where_nothing_was_there_is_nothing_again() -> None:
    keep(9)
    left(Note(What.RESTORE, "/tmp/today.zip"))  # noqa: S108 - a name alone
    services.tidy()
    assert not store.path().exists()
    assert not backed_up.note().exists()


def test_a_backup_that_has_no_name_yet_has_failed(owner: User) -> None:
    left(Note(What.BACKUP, str(shelf.directory() / name_of(1))))
    services.tidy()
    assert "was ended" in backed_up.known().failure
    assert Entry.objects.filter(action=BackupAction.INTERRUPTED, object_id=name_of(1)).exists()


def test_a_backup_that_has_its_name_is_one(owner: User) -> None:
    path = put(name_of(1))
    left(Note(What.BACKUP, str(path)))
    services.tidy()
    assert backed_up.known().path == str(path)
    assert Entry.objects.filter(action=BackupAction.CREATED, object_id=path.name).exists()


def test_whoever_is_still_at_it_is_left_alone(owner: User) -> None:
    killed_before_its_end()
    with shelf.alone():
        services.tidy()
        assert kept() == 9
    services.tidy()
    assert kept() == 5


def test_settings_that_cannot_be_put_back_are_not_forgotten(
    owner: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What fails within a restore is told; what could not be undone is undone later."""
    keep(5)
    note = Note(What.RESTORE, f"/backups/{name_of(1)}", KEPT, codec.plain(store.load()))
    shelf.prepare()

    def refuse(_was: object) -> None:
        raise OSError(28, "full")

    with monkeypatch.context() as patch:
        patch.setattr("aniworld.config.services.put_back", refuse)
        with pytest.raises(LookupError):
            fail_within(note)
    (line,) = [one for one in caplog.records if "left for later" in one.message]
    assert ("full" in line.message, line.exc_info) == (True, None), "one line, without a traceback"
    assert backed_up.note().exists()
    services.tidy()
    assert kept() == 5


def test_a_note_that_says_nothing_stops_nothing(owner: User) -> None:
    shelf.prepare()
    backed_up.note().write_text("{")
    services.tidy()
    assert not backed_up.note().exists()

"""A house with something in every room, for tests that walk through all of it."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import services as accounts
from aniworld.config import backups, store
from aniworld.config import services as config
from aniworld.config.directories import library_directories
from aniworld.database import mark
from aniworld.events.operations import OperationState
from aniworld.journal.models import Entry
from aniworld.rhythm.windows import DAYS
from aniworld.sites import configured
from aniworld.sites.models import ServiceDay
from aniworld.sites.pace import rate_store
from aniworld.system import health
from aniworld.system.backups import filling, restoring, scratch, services, shelf
from aniworld.system.examinations import database
from aniworld.system.mediaservers import services as media_servers
from aniworld.system.mediaservers import telling
from aniworld.system.mediaservers.errors import KeyRefused
from aniworld.system.notifications.models import Delivery, InboxMessage, TargetState
from aniworld.system.notifications.wire.errors import Unreachable
from aniworld.system.notifications.wire.messages import Answer, Job
from aniworld.system.schedule.models import JobRun
from aniworld.web.errors import DatabaseUnusable
from downloads import progress
from downloads.choices import PauseCode, Quarantine, Status
from downloads.models import DownloadQueueItem, QueueState
from downloads.transfer.errors import DiskFull
from downloads.transfer.messages import Attempt
from downloads.worker.claims import keep_attempt
from library.models import (
    Airing,
    AnimeSeries,
    Availability,
    BinnedFile,
    CatalogueChange,
    CatalogueEntry,
    CatalogueList,
    Episode,
    LibraryDay,
    LibraryRoot,
    MediaFile,
    ScanOperation,
    UnmatchedFolder,
)
from library.renaming.run import Renaming
from library.scanner.run import Scan
from library.services import operations, renaming, scans, tallies
from library.services.operations import ScanOptions
from providers import registry
from providers.base import SearchResult
from providers.cache import CachedPage, PageKey
from providers.coded import coded
from providers.errors import SiteDown
from providers.registry import SiteEntry
from tests.factories import make_item, make_series, make_unmatched, split_numbers
from tests.telling_server import KEY, MediaServer
from tests.unit.library.fakes import FakeSite

PASSWORD = "a lantern in the fog"
SCANNED = {"files": 3, "new": 1, "changed": 0, "gone": 0}
SITE, BROKEN = "lantern", "fog"
FILES = (
    "Show (2013)/Season 1/Show - S01E01.mkv",
    "Show (2013)/Season 1/[Group] Show - S01E02v2 [1080p].mkv",
    "Show (2013)/Season 1/Show - S01E02.mkv",
    "Show (2013)/Show - 003.mkv",
    "Show (2013)/Show.mkv",
    "Twin/S01E01.mkv",
    "Other/S01E01.mkv",
    "Nobody/S01E01.mkv",
    "Nothing/S01E01.mkv",
)


class DatedSite(FakeSite):
    """Says the year where it lists what it found, too."""

    def search(self, query: str) -> list[SearchResult]:
        return [replace(found, year=2013) for found in super().search(query)]


@dataclass
class House:
    """``client`` is a program that is logged in."""

    client: Client
    site: FakeSite
    monkeypatch: pytest.MonkeyPatch
    media_server: MediaServer

    def id_of(self, folder: str) -> str:
        return str(UnmatchedFolder.objects.get(folder=folder).pk)

    def own_folder(self) -> str:
        """A folder that no site knows, with files whose names say different things."""
        root = LibraryRoot.objects.earliest("pk")
        row, is_new = UnmatchedFolder.objects.get_or_create(
            root=root, folder="Own", defaults={"reason": "NO_CANDIDATE"}
        )
        read: tuple[dict[str, Any], ...] = (
            {"season": 1, "episodes": [1]},
            {"absolute": [7]},
            {"problem": "name_of_film"},
        )
        for n, said in enumerate(read if is_new else ()):
            MediaFile.objects.create(
                root=root,
                folder="Own",
                path=f"Own/{n}.mkv",
                size=1,
                seen_at=timezone.now(),
                **said,
            )
        return str(row.pk)

    def item(self, **fields: Any) -> str:
        """The id of one item of the queue."""
        return str(DownloadQueueItem.objects.filter(**fields).values_list("pk", flat=True)[0])

    @property
    def folder(self) -> str:
        """The library's first folder."""
        return library_directories(store.load())[0]

    def has_a_broken_link(self) -> None:
        link = Path(self.folder).parent / "lost"
        link.unlink(missing_ok=True)
        link.symlink_to("/nothing/here")

    def has_its_folder_by_environment(self) -> None:
        self.monkeypatch.setattr(settings, "ANIME_DIRECTORY", self.folder)
        self.monkeypatch.setenv("ANIME_DIRECTORY", self.folder)
        config.reset(["library"])

    def has_media_servers(self) -> None:
        """One is well, one cannot be told."""
        well = {"address": self.media_server.address, "token": KEY, "paths": ["/a=/b"]}
        media_servers.add("well", well)
        media_servers.add("attic", {"address": "http://127.0.0.1:9", "token": "one-of-ours"})
        with transaction.atomic():
            telling.reached("attic")
            telling.failed("attic", KeyRefused())

    def has_run_jobs(self) -> None:
        """One has ended well, one has failed, one runs."""
        now = timezone.now()
        values = {"begun_at": now, "beat_at": now, "holder": "here", "trigger": "SCHEDULE"}
        result = {"result_code": "job_scanned", "result_params": dict(SCANNED), "due_at": now}
        died = {"error_code": "job_died", "error_params": {"how": "SIGKILL"}}
        over = {"ended_at": now}
        JobRun.objects.create(name="rescan", state="COMPLETED", **result, **over, **values)
        JobRun.objects.create(name="session_cleanup", state="FAILED", **died, **over, **values)
        JobRun.objects.create(name="history_cleanup", **values)

    def has_told(self) -> None:
        """A message was given up, one waits and one was sent; the inbox has one that is read."""
        now = timezone.now()
        episodes = {"series": "Show", "key": "show", "episodes": [], "count": 1}
        said = {"code": "told_new_episodes", "params": episodes}
        item = {"kind": "NEW_EPISODES", "topic": "", "count": 1, "at": now.isoformat(), **said}
        values = {"target": "Phone", "items": [item], "created_at": now, "changed_at": now}
        refused = {"error_code": "notify_refused", "error_params": {"host": "h", "status": 500}}
        Delivery.objects.create(state="FAILED", ended_at=now, tries=9, **refused, **values)
        Delivery.objects.create(state="WAITING", next_try_at=now, **refused, **values)
        Delivery.objects.create(state="SENT", ended_at=now, tries=1, **values)
        TargetState.objects.create(
            name="Phone", failures=3, failing_since=now, next_at=now, sent_at=now, **refused
        )
        for read_at in (None, now):
            InboxMessage.objects.create(
                kind="NEW_EPISODES", first_at=now, at=now, read_at=read_at, **said
            )

    def message(self, **fields: Any) -> str:
        """The id of the newest message for a target of which that holds."""
        return str(Delivery.objects.filter(**fields).newest_first()[0].pk)

    def inbox(self) -> list[str]:
        """The ids of all messages of the inbox."""
        return [str(pk) for pk in InboxMessage.objects.values_list("pk", flat=True)]

    def has_lists(self) -> None:
        """The list of one site was read, that of the other one could not be."""
        now = timezone.now()
        CatalogueEntry.objects.all().delete()
        CatalogueList.objects.all().delete()
        CatalogueList.objects.create(site=SITE, read_at=now, asked_at=now, genres=["Action"])
        down = CatalogueList.error.values(SiteDown(why="timed_out", site=BROKEN).as_json())
        CatalogueList.objects.create(site=BROKEN, asked_at=now, **down)
        for key, facts in {
            "show": {
                "name": "Show",
                "year": 2013,
                "alternative_names": ["The Show"],
                "genres": ["A"],
            },
            "new": {"name": "New", "appeared_at": now, "genres": ["Action"]},
            "old": {"name": "Old", "gone_at": now},
        }.items():
            entry = CatalogueEntry(site=SITE, key=key, details_at=now, **facts)
            entry.cover_url = entry.cover_source = entry.link = f"https://x.example/{key}"
            entry.index_words()
            entry.save()

    def backup(self) -> str:
        """The newest backup of the configuration that is good."""
        return next(one.name for one in config.backups() if one.problem is None)

    def has_a_broken_backup(self) -> None:
        directory = backups.directory()
        (directory / "config-20240101T000000000000Z.json").write_text("{")

    def scan(self) -> str:
        """The id of the scan that found everything."""
        return str(ScanOperation.objects.earliest("pk").operation_id)

    def undoable(self) -> str:
        """The id of the newest entry of the journal that can be undone."""
        return next(str(e.pk) for e in Entry.objects.newest_first() if e.can_be_undone)

    def other_session(self) -> str:
        """The id of a session that is not the client's."""
        owner = User.objects.get()
        return str(accounts.open_session(owner).session.session_id)

    def has_a_worker(self) -> None:
        QueueState.objects.update_or_create(pk=1, defaults={"heartbeat_at": timezone.now()})

    def is_under_way(self) -> None:
        """The running scan, or renaming, is at a folder."""
        ScanOperation.objects.running().update(key="show", folder="Show (2013)", total=3, current=1)

    def has_a_failed_renaming(self) -> None:
        running = ScanOperation.objects.running().get()
        operations.finish(running, OperationState.FAILED, error=coded("renaming_died"))

    def has_renamed(self) -> None:
        """Files have other names, and one keeps its own."""
        Renaming(ScanOperation.objects.running().get()).run()

    def has_files_to_delete(self) -> None:
        """Of the show: some with others beside them, and one whose name is a folder's by now."""
        root = Path(self.folder)
        first, *_, last = MediaFile.objects.filter(series__key="show").order_by("path")
        (root / first.path).with_suffix(".srt").write_text("beside")
        (root / last.path).unlink()
        (root / last.path).mkdir()

    def has_a_day(self) -> None:
        """It is known when a missing episode came out."""
        episode = Episode.objects.missing().first()
        assert episode is not None
        place = {"season": episode.season, "episode_number": episode.episode_number}
        Airing.objects.create(
            series=episode.series, **place, at=timezone.now(), noted_at=timezone.now()
        )

    def has_all_kinds_of_files(self) -> None:
        """One that was looked into, its spare one, one in a folder of no series."""
        file = MediaFile.objects.filter(series__key="show", problem="").order_by("path")[0]
        media = {"width": 1920, "height": 1080, "duration": 1400.0, "video_codec": "h264"}
        media |= {"audio_codec": "aac", "language": "de", "media_problem": "media_unreadable"}
        MediaFile.objects.filter(pk=file.pk).update(**media)
        of = {"root": file.root, "seen_at": timezone.now()}
        spare = {"series": file.series, "folder": file.folder, "instead": file}
        (Path(self.folder) / file.folder / "spare.mkv").write_text("film")
        MediaFile.objects.create(path=f"{file.folder}/spare.mkv", **spare, **of)
        MediaFile.objects.create(path="Who knows/1.mkv", folder="Who knows", **of)
        make_unmatched("Who knows", root=file.root)

    def one_file(self) -> dict[str, Any]:
        """A file of the show."""
        known = MediaFile.objects.filter(series__key="show").values_list("pk", flat=True)
        return {"ids": [str(pk) for pk in known[:1]] or ["1"]}

    def binned(self) -> dict[str, Any]:
        """What went into the recycle bin last, by its act."""
        last = BinnedFile.objects.newest_first().first()
        return {"act": str(last.act)} if last else {"ids": ["1"]}

    def one_binned(self) -> dict[str, Any]:
        """The same, and of it one alone."""
        return {"ids": [str(row.pk) for row in BinnedFile.objects.newest_first()[:1]] or ["1"]}

    def has_a_file_in_the_way(self) -> None:
        for row in BinnedFile.objects.newest_first()[:1]:
            taken = row.root.directory / row.path
            taken.parent.mkdir(parents=True, exist_ok=True)
            taken.write_text("another")

    def has_a_failed_scan(self) -> None:
        running = ScanOperation.objects.running().get()
        away = coded("root_unavailable", why="unreadable", path="/anime", errno="EIO")
        operations.finish(running, OperationState.FAILED, error=away)
        for root in LibraryRoot.objects.all():
            root.error = away
            root.save()

    def has_failed_again(self) -> None:
        """What was taken could not be placed."""
        taken = DownloadQueueItem.objects.filter(quarantine=Quarantine.WANTED)
        taken.update(status=Status.FAILED, quarantine=Quarantine.KEPT)

    def has_been_at_work(self) -> None:
        """A page of a site is kept, a site refuses, and a host has asked for a pause."""
        address = "https://aniworld.to/animes-alphabet"
        page = CachedPage(address, "a page", "text/html", "", "", stored_at=time.time())
        configured.pages().put(PageKey("aniworld", address), page)
        refused = {"error_code": "challenge", "error_params": {"why": "as_told", "text": "No."}}
        AnimeSeries.objects.filter(key="other").update(asked_at=timezone.now(), **refused)
        rate_store().hold("voe voe.example", seconds=900)
        self.has_a_worker()

    def has_nothing_queued(self) -> None:
        DownloadQueueItem.objects.all().delete()

    def has_news(self) -> None:
        """Two episodes have come out today, one of which has arrived; two are announced."""
        series = AnimeSeries.objects.get(key="show")
        number: dict[str, Any] = {"series": series, "season": 1, "language": "German Sub"}
        for episode in (1, 90):
            Availability.objects.update_or_create(
                **number,
                episode_number=episode,
                defaults={"first_seen_at": timezone.now(), "is_news": True},
            )
            Episode.objects.get_or_create(series=series, season=7, episode_number=episode)
        series.episodes.filter(is_downloaded=True).update(download_date=timezone.now())
        place = {"series": series, "season": 1, "episode_number": 91, "language": "German Sub"}
        soon = timezone.now() + timedelta(minutes=1)
        if not Airing.objects.exists():
            Airing.objects.create(**place, at=soon, has_time=True, noted_at=timezone.now())

    def has_history(self) -> None:
        """Days that were counted, and one before; calls of a site; files that were counted."""
        today = timezone.localdate()
        there = {"files": 1, "bytes": 10, "episodes": 1}
        LibraryDay.objects.create(day=today - timedelta(days=40), is_counted=False, **there)
        ServiceDay.objects.create(day=today, service=SITE, answered=3, failed=1)
        tallies.keep(timezone.now())

    def has_changes(self) -> None:
        """What a catalogue has changed: of each kind what stands where nothing was, or is."""
        series = AnimeSeries.objects.get(key="show")
        told = {"season": 1, "episode": 1, "title": "One"}
        for kind, was, now in (("NEW", None, told), ("WITHDRAWN", told, None), ("NEW", None, told)):
            CatalogueChange.objects.create(
                series=series,
                at=timezone.now(),
                kind=kind,
                season=1,
                episode_number=1,
                was=was,
                now=now,
            )

    def has_split_cours(self) -> None:
        """Two series whose files and catalogue count otherwise."""
        for number in range(2):
            split_numbers(make_series(f"Split {number}", key=f"split-{number}"))

    def has_a_doubt(self) -> None:
        """A list of episodes that is held."""
        pair = {"was": [1, 1], "title_was": "One", "title_now": "", "is_sure": False}
        held = {
            "mark": "",
            "at": timezone.now().isoformat(),
            "count": 2,
            "doubts": 1,
            "pairs": [{**pair, "now": None}, {**pair, "now": [1, 2]}],
        }
        AnimeSeries.objects.filter(key="show").update(catalogue_held=True, held=held)

    def waits_for_a_language(self) -> None:
        AnimeSeries.objects.filter(key="show").update(language_ranks=["German Dub=now"])

    def has_quiet_hours(self) -> None:
        """Today and tomorrow nothing is fetched, and less for an hour a day."""
        today = timezone.localtime().weekday()
        days = ",".join(DAYS[(today + step) % len(DAYS)] for step in range(2))
        lines = [f"{days} 00:00-00:00=closed", "daily 12:00-13:00=100"]
        store.update(lambda data: data["downloads"].update(quiet_hours=lines, budget_gb_a_day=2.5))

    def has_no_database(self) -> None:
        away = DatabaseUnusable(why="unreached")
        self.monkeypatch.setattr(database, "trouble_now", lambda: away)
        self.monkeypatch.setattr(health, "database_answers", lambda: False)

    def has_a_broken_configuration(self) -> None:
        """The queue is to run, and no worker can take anything."""
        QueueState.objects.update(is_running=True, is_paused=False)
        for kept in store.path().parent.glob("config_backups/*"):
            kept.unlink()
        store.path().write_text("{")

    def database_backup(self) -> str:
        """The name of the newest backup that can be restored."""
        return next(one.name for one in shelf.newest_first() if one.manifest)

    def backup_file(self) -> bytes:
        """One that was downloaded; where there was none, what only begins like one."""
        found = [one.name for one in shelf.newest_first() if one.manifest]
        return shelf.path_of(found[0]).read_bytes() if found else b"PK"

    def has_changed_since_the_backup(self) -> None:
        """Of everything that is compared something comes, goes or differs."""
        store.update(lambda data: data["library"].update(full_look_days=9))
        AnimeSeries.objects.filter(key="twin-a").update(key="twin-z")
        guest = User.objects.create(username="guest", password="!")
        both = User.objects.create(username="both", password="!")
        services.create()
        guest.delete()
        User.objects.create(username="later", password="!")
        User.objects.filter(pk=both.pk).update(password="?", is_staff=True)
        AnimeSeries.objects.filter(key="twin-z").update(key="twin-a")
        store.update(lambda data: data["library"].update(full_look_days=8))

    def has_one_user(self) -> None:
        User.objects.exclude(username=accounts.OWNER).delete()

    def has_a_damaged_backup(self) -> None:
        (shelf.directory() / shelf.new_name(shelf.Kind.MADE)).write_bytes(b"PK and no more")

    def is_new(self) -> None:
        User.objects.all().delete()
        for file in store.path().parent.glob("config.json*"):
            file.unlink()
        mark.path().unlink(missing_ok=True)


def furnished(root: Path, monkeypatch: pytest.MonkeyPatch, server: MediaServer) -> House:
    """Set everything up: owner, sites, a library folder that was scanned, a queue."""
    site = _sites(monkeypatch)
    _library(root)
    _without_processes(monkeypatch)
    without_children(monkeypatch)
    owner = accounts.set_up(master_password=PASSWORD, anime_directory=str(root))
    token = accounts.open_session(owner).token
    Scan(operations.begin(ScanOptions().as_json()), ScanOptions()).run()
    _facts()
    _queue(AnimeSeries.objects.get(key="show"))
    _log()
    return House(Client(headers={"Authorization": f"Bearer {token}"}), site, monkeypatch, server)


def _sites(monkeypatch: pytest.MonkeyPatch) -> FakeSite:
    """One site that knows some shows, and one that is down."""
    site, broken = DatedSite(SITE), FakeSite(BROKEN, failure=SiteDown(why="timed_out", site=BROKEN))
    for one in (site, broken):
        entry = SiteEntry(
            one.name, one.name, "In memory.", "https://x.example", lambda *_, s=one: s
        )
        monkeypatch.setitem(registry.SITES, one.name, entry)
    for key in ("twin-a", "twin-b"):
        site.add(key, "Twin", {1: 1})
    site.add("show", "Show", {1: 6, 0: 1}, announced=((1, 6),), year=2013, ids={"imdb": "tt1"})
    site.add("other", "Other", {1: 2}, year=2014, others=("Another",))
    site.add("new", "New", {1: 2})
    chosen = {SITE: {"enabled": True}, BROKEN: {"enabled": True, "position": 1}}
    store.update(lambda data: data["providers"]["sites"].update(chosen))
    return site


def _entry(site: FakeSite) -> SiteEntry:
    return SiteEntry(site.name, "A site", "In memory.", "https://x.example", lambda *_: site)


def _library(root: Path) -> None:
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x" * 1000)
    (root / "Show (2013)/Season 1/Show - S01E01.de.srt").write_text("1")
    (root / "Show (2013)/Show S01E09.strm").write_text("https://a.example")  # passed over
    (root / "Show (2013)/data").write_text("{")  # a side file nobody can read: a problem


class _Sending:
    """What sends a message, and finds nobody there."""

    def __init__(self, _job: Job, *, limit: float) -> None:
        self.limit = limit

    def wait(self) -> Answer:
        return Answer(Unreachable(why="refused", host="127.0.0.1").as_json())


def _without_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan that is started here gets its row and no process."""
    monkeypatch.setattr(scans, "_launch", lambda _: SimpleNamespace(pid=1))
    monkeypatch.setattr(scans, "_watch", lambda *_: None)
    monkeypatch.setattr(renaming, "_launch", lambda _: SimpleNamespace(pid=1))
    monkeypatch.setattr(renaming, "_watch", lambda *_: None)
    monkeypatch.setattr("aniworld.system.notifications.services.Process", _Sending)


def without_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """What opens a backup in a process of its own, and what needs the database for itself alone,
    ``tests/integration/test_backups.py`` holds."""
    monkeypatch.setattr(scratch, "run", lambda *_: None)
    monkeypatch.setattr(filling, "_copy_file", _copy_as_seen_here)

    def put_in_place(_database: Path, *, newest_event: int, then: Callable[[], None]) -> None:
        with transaction.atomic():
            then()

    monkeypatch.setattr(restoring, "put_in_place", put_in_place)


def _copy_as_seen_here(file: Path) -> None:
    """SQLite copies nothing of a connection that is in a transaction, as tests are."""
    tables = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%%'"
    )
    with contextlib.closing(sqlite3.connect(file)) as copy, connection.cursor() as cursor:
        cursor.execute(tables)
        for name, sql in cursor.fetchall():
            copy.execute(sql)
            cursor.execute(f'SELECT * FROM "{name}"')  # noqa: S608 - a table of ours
            places = ", ".join("?" for _ in cursor.description)
            copy.executemany(f'INSERT INTO "{name}" VALUES ({places})', cursor.fetchall())  # noqa: S608
        copy.commit()


def _facts() -> None:
    """What only time, a look into the files and the owner bring."""
    now = timezone.now()
    MediaFile.objects.update(
        duration=1400.5,
        width=1920,
        height=1080,
        video_codec="h264",
        audio_codec="aac",
        audio_languages=["de"],
        subtitle_languages=["en"],
        media_problem="media_no_film",
        probed_at=now,
        language="German Dub",
        group="Group",
    )
    ranges = [
        {
            "library_season": 7,
            "library_first": 1,
            "library_last": 2,
            "provider_season": 1,
            "provider_first": 1,
        }
    ]
    AnimeSeries.objects.filter(key="show").update(
        end_year=2014,
        alternative_names=["Schau"],
        status="completed",
        languages=["German Dub"],
        hosters=["VOE"],
        mapping=ranges,
        error_code="site_down",
        error_params={"why": "as_told", "text": "Nobody answered."},
    )
    Episode.objects.filter(is_downloaded=True).update(download_date=now)
    make_series("Gone", missing=1, key="gone").soft_delete()


def _log() -> None:
    """A line, as the program writes it."""
    file = Path(settings.LOG_DIR) / "app.log"
    file.parent.mkdir(exist_ok=True)
    file.write_text("2026-11-01 10:00:00,001 INFO library.scanner.run scan ended process=7\n")


SEEN = {
    "container": "mkv",
    "seconds": 1420.5,
    "tracks": [
        {
            **{"kind": "video", "codec": "h264", "language": "", "width": 1920, "height": 1080},
            **{"rate": None, "channels": None},
        },
        {
            **{"kind": "audio", "codec": "aac", "language": "deu", "width": None, "height": None},
            **{"rate": 48_000, "channels": 2},
        },
    ],
    "checks": ["length", "opens"],
    "beside": {"files": 2, "shortest": 1420.5},
}


QUARANTINED = {
    "code": "too_short",
    "params": {"seconds": 610, "usual": 1420},
    "hoster": "VOE",
    "language": "German Dub",
    "source": "voe-1",
    "size": 120_000_000,
    "seconds": 610.2,
    "seen": SEEN,
}


def _queue(series: AnimeSeries) -> None:
    """One item of each status, and one that has been through everything."""
    now = timezone.now()
    for number, status in enumerate(Status.values, start=11):
        removed = {"removed_at": now, "status_before": Status.PENDING}
        make_item(series, number, status=status, **(removed if status == "CANCELLED" else {}))
    DownloadQueueItem.objects.filter(status=Status.DOWNLOADING).update(
        stage="DOWNLOADING",
        progress_percent=12.5,
        downloaded_bytes=1_000_000,
        total_bytes=8_000_000,
        is_total_estimated=True,
        hoster="voe",
        waiting_until=now + timedelta(minutes=9),
        download_speed=500_000,
        eta=14,
        started_at=now,
        claimed_by="worker",
    )
    DownloadQueueItem.objects.filter(status=Status.COMPLETED).update(
        downloaded_bytes=8_000_000,
        total_bytes=8_000_000,
        download_speed=1,
        completed_at=now,
        seen=SEEN,
    )
    DownloadQueueItem.objects.filter(status=Status.FAILED).update(
        **DownloadQueueItem.error.values(SiteDown(why="timed_out", site=SITE).as_json()),
        completed_at=now,
        next_try_at=now,
        wanted_language="German Dub",
        quarantine=Quarantine.KEPT,
        quarantined=QUARANTINED,
        quarantined_until=now + timedelta(days=14),
    )
    attempt = Attempt(
        at=now.isoformat().replace("+00:00", "Z"),
        stage="locate",
        code="site_down",
        params={"why": "timed_out", "site": SITE},
        provider=SITE,
        hoster="VOE",
        language="German Dub",
    )
    active = DownloadQueueItem.objects.get(status=Status.DOWNLOADING)
    keep_attempt(active, "worker", attempt)
    progress.begin(active)
    QueueState.objects.update_or_create(
        pk=1,
        defaults={
            "is_paused": True,
            "pause_code": PauseCode.DISK_FULL,
            **QueueState.pause_reason.values(DiskFull().as_json()),
        },
    )

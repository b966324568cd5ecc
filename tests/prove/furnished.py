"""Something of everything in an installation, for who walks through all of its pages."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from accounts import keys
from accounts.models import Scope
from accounts.services import open_session
from aniworld.config import services as config
from aniworld.journal.actors import Actor, acting_as
from aniworld.sites import added, pace
from aniworld.system.backups import services as backups
from aniworld.system.notifications import services as notifications
from aniworld.system.notifications.choices import OVER, DeliveryState, Kind
from aniworld.system.notifications.models import Delivery, InboxMessage
from downloads.choices import Quarantine, Stage, Status
from downloads.models import DownloadQueueItem
from library import services
from library.models import AnimeSeries, LibraryRoot, MediaFile
from library.recycling.delete import delete_files
from library.services.catalogue import keep_list
from providers.errors import SiteDown
from tests.catalogues import definition
from tests.factories import make_item, make_series, split_numbers
from tests.unit.document.house import QUARANTINED, SEEN

SHOWN = "mondlaterne"
GONE = "papierdrachen"
SPLIT = "split"
FIRST = 31  # number of the first episode in the queue, one behind the other in this order
QUEUED = (
    *(Status.PENDING, Status.PENDING, Status.PENDING, Status.PAUSED, Status.DOWNLOADING),
    *(Status.COMPLETED, Status.FAILED, Status.FAILED, Status.FAILED, Status.FAILED),
)
ASIDE = 2  # of the failed ones, from the first on: they keep a file aside


def furnish() -> None:
    """To be called in a process of the installation, after a scan of the sample library."""
    with acting_as(Actor.command("furnish")):
        owner = User.objects.get()
        open_session(owner)
        keys.create_key(owner, name="radio", scope=Scope.READ, lasts_days=30)
        config.edit({"downloads": {"max_retries": 4}})
        added.add_site(
            kind="described", label="Trams", definition=definition("cards", "http://127.0.0.1:9")
        )
        backups.create()
        for host in ("media cdn.example", "media mirror.example"):
            pace.rate_store().hold(host, seconds=3600)
        _queue(AnimeSeries.objects.get(key=SHOWN))
        services.remove_series(services.get_series(GONE))
        _bin(AnimeSeries.objects.get(key=SHOWN))
        _told()
        keep_list("aniworld")


def split() -> None:
    """A series whose files and catalogue count otherwise; the files are on no disk."""
    root = LibraryRoot.objects.active()[0]
    split_numbers(make_series("Split", key=SPLIT, site_key=SPLIT, root=root))


def unsplit() -> None:
    """As if it had never been, so that no scan misses its files."""
    series = AnimeSeries.objects.get(key=SPLIT)
    series.files.all().delete()
    series.delete()


def _told() -> None:
    """A target, an inbox, and messages in each state the log has a place for."""
    notifications.add_target("Phone", {"kind": "WEBHOOK", "url": "http://127.0.0.1:9/hook"})
    now = timezone.now()
    episodes = [{"season": 1, "episode": number} for number in range(1, 15)]
    params = {"series": "Mondlaterne", "key": SHOWN, "count": 14, "episodes": episodes}
    said = {"code": "told_download_complete", "params": params}
    item = {"kind": Kind.DOWNLOAD_COMPLETE, "topic": "", "count": 14, "at": now.isoformat(), **said}
    for kind, words in ((Kind.DOWNLOAD_COMPLETE, said), (Kind.GAP, {"code": "told_gap"})):
        InboxMessage.objects.create(kind=kind, first_at=now, at=now, count=14, **words)
    refused = {"error_code": "notify_refused", "error_params": {"host": "h", "status": 500}}
    for state in DeliveryState:
        Delivery.objects.create(
            target="Phone",
            state=state,
            items=[item],
            created_at=now,
            changed_at=now,
            closes_at=now,
            next_try_at=now,
            ended_at=now if state in OVER else None,
            tries=2,
            **(refused if state == DeliveryState.FAILED else {}),
        )


def _bin(series: AnimeSeries) -> None:
    """One file of it in the recycle bin, so that an episode is not wanted any more."""
    delete_files(series, [MediaFile.objects.filter(series=series).earliest("path")])


def _queue(series: AnimeSeries) -> None:
    """Items in each state the page has a place for; no worker looks after them."""
    now = timezone.now()
    for number, status in enumerate(QUEUED, start=FIRST):
        make_item(series, number, status=status, completed_at=now)
    items = DownloadQueueItem.objects
    items.filter(status=Status.DOWNLOADING).update(
        stage=Stage.DOWNLOADING,
        progress_percent=12.5,
        downloaded_bytes=1_000_000,
        total_bytes=8_000_000,
        download_speed=500_000,
        eta=14,
        hoster="VOE",
        started_at=now,
    )
    items.filter(status=Status.COMPLETED).update(
        downloaded_bytes=8_000_000, total_bytes=8_000_000, seen=SEEN, file_destination="S01E36.mp4"
    )
    failed = items.filter(status=Status.FAILED)
    failed.update(**DownloadQueueItem.error.values(SiteDown(why="timed_out", site="x").as_json()))
    kept = failed.order_by("episode_number").values_list("pk", flat=True)[:ASIDE]
    items.filter(pk__in=list(kept)).update(
        quarantine=Quarantine.KEPT,
        quarantined=QUARANTINED,
        quarantined_until=now + timedelta(days=14),
    )

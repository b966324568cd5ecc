"""The queue in the database: its items, and the one row of its state.

"At most one" is promised by constraints, not by code: one unfinished item for an episode, one item
downloading, one row of state.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from aniworld.web.columns import CodedColumns
from aniworld.web.mixins import TimestampMixin
from downloads.choices import (
    UNFINISHED,
    WAITING,
    PauseCode,
    Priority,
    Quarantine,
    Stage,
    Status,
)
from library.models import OwnLink, SeriesTie
from providers.coded import Coded

LEASE = timedelta(seconds=10)
UNDO_WINDOW = timedelta(minutes=10)
CLOCK_MARGIN = timedelta(seconds=5)  # what another process has written just now may lie ahead


def comes_from_elsewhere(open_: Collection[str]) -> Q:
    """Whether an item need not wait for its site: one of these serves it, or it has a link of its
    owner's."""
    tied = SeriesTie.objects.filter(series=OuterRef("series"), site__in=open_)
    linked = OwnLink.objects.filter(
        series=OuterRef("series"),
        season=OuterRef("season"),
        episode_number=OuterRef("episode_number"),
    )
    return Q(Exists(tied) | Exists(linked))


class QueueItems(models.QuerySet["DownloadQueueItem"]):
    """Sets of queue items. Cleared items stay for the undo, but belong to no list."""

    def listed(self) -> Self:
        return self.filter(Q(removed_at__isnull=True) | Q(status=Status.CANCELLED))

    def waiting(self) -> Self:
        return self.filter(status__in=WAITING, removed_at__isnull=True)

    def unfinished(self) -> Self:
        return self.filter(status__in=UNFINISHED)

    def active(self) -> Self:
        return self.filter(status=Status.DOWNLOADING)

    def in_order(self) -> Self:
        """The order in which the worker takes them."""
        return self.order_by("priority", "position", "id")

    def ready(self, now: datetime) -> Self:
        """To be fetched: pending, and not waiting for a next try.

        What was written in the future waits by a clock that was set back since: nobody knows how
        much of that is left.
        """
        waits_no_more = Q(next_try_at__isnull=True) | Q(next_try_at__lte=now)
        was_set_back = Q(updated_at__gt=now + CLOCK_MARGIN)
        return (
            self.filter(waits_no_more | was_set_back, status=Status.PENDING)
            .exclude(quarantine=Quarantine.WANTED)
            .exclude(series__catalogue_held=True)  # nobody knows which episode its number is now
            .in_order()
        )

    def reachable(self, closed: Collection[str], open_: Collection[str]) -> Self:
        """Without those whose site is closed, but for those that an open one serves as well.

        Args:
            closed: sites from which nothing comes.
            open_: the others that are switched on.
        """
        return self.exclude(Q(series__site__in=closed) & ~comes_from_elsewhere(open_))

    def wanted_from_quarantine(self) -> Self:
        """Whose suspicious file is to be placed as it is."""
        return self.filter(status=Status.PENDING, quarantine=Quarantine.WANTED).in_order()

    def quarantined(self) -> Self:
        """Those that keep a file aside."""
        return self.exclude(quarantine=Quarantine.NONE)

    def exempt(self) -> Self:
        """Those that quiet hours and budgets do not bind."""
        return self.filter(is_exempt=True)

    def past_quarantine(self, now: datetime) -> Self:
        """Whose file aside has been kept long enough, or belongs to an item that is gone."""
        return self.quarantined().filter(
            Q(quarantined_until__lte=now) | Q(removed_at__lte=now - UNDO_WINDOW),
            status__in=(Status.FAILED, Status.CANCELLED),
        )

    def finished(self, status: Status) -> Self:
        return self.filter(status=status, removed_at__isnull=True)

    def removed_since(self, moment: datetime) -> Self:
        return self.filter(removed_at__gte=moment)


class DownloadQueueItem(TimestampMixin):
    """One episode of one series: waiting, running or done."""

    series = models.ForeignKey(
        "library.AnimeSeries", on_delete=models.CASCADE, related_name="download_items"
    )
    season = models.PositiveIntegerField()
    episode_number = models.PositiveIntegerField()
    title = models.TextField(blank=True, default="")
    status = models.CharField(max_length=12, choices=Status, default=Status.PENDING)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    position = models.BigIntegerField(
        help_text="Sort key within the priority; the lowest goes first."
    )
    language = models.CharField(max_length=50, blank=True, default="")
    wanted_language = models.CharField(
        max_length=80, blank=True, default="", help_text="The only one that is fetched; empty: any."
    )
    is_beside = models.BooleanField(
        default=False, help_text="Fetched in that language though the episode is on disk."
    )
    is_replacing = models.BooleanField(
        default=False, help_text="The file that is there goes into the recycle bin for it."
    )

    is_exempt = models.BooleanField(
        default=False, help_text="Fetched whatever quiet hours and budgets say."
    )

    stage = models.CharField(max_length=12, choices=Stage, blank=True, default=Stage.NONE)
    progress_percent = models.FloatField(default=0)
    downloaded_bytes = models.PositiveBigIntegerField(default=0)
    total_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    is_total_estimated = models.BooleanField(
        default=False, help_text="Whether the total is guessed from what is there."
    )
    download_speed = models.PositiveBigIntegerField(null=True, blank=True, help_text="Bytes/s.")
    eta = models.PositiveIntegerField(null=True, blank=True, help_text="Seconds.")
    speeds = models.JSONField(
        null=True, blank=True, help_text="The speeds of the last minutes, see downloads.speeds."
    )

    error_code = models.CharField(max_length=50, blank=True, default="")
    error_params = models.JSONField(default=dict, blank=True)
    retry_count = models.PositiveIntegerField(default=0)
    outage_count = models.PositiveIntegerField(
        default=0, help_text="Tries lost to a site that was down as a whole; no retries of ours."
    )
    next_try_at = models.DateTimeField(null=True, blank=True)
    attempts = models.JSONField(
        default=list,
        blank=True,
        help_text="[{at, stage, provider, hoster, language, code, params}], the newest 50.",
    )

    provider = models.CharField(
        max_length=64, blank=True, default="", help_text="The site of the source in use."
    )
    hoster = models.CharField(
        max_length=100, blank=True, default="", help_text="Of the source in use."
    )
    waiting_until = models.DateTimeField(
        null=True, blank=True, help_text="That hoster has asked us to wait until then."
    )
    download_url = models.TextField(blank=True, default="", help_text="The source in use.")
    file_destination = models.TextField(blank=True, default="")
    seen = models.JSONField(
        null=True, blank=True, help_text="What the check saw of the file, see downloads.seen."
    )
    quarantine = models.CharField(
        max_length=10, choices=Quarantine, blank=True, default=Quarantine.NONE
    )
    quarantined = models.JSONField(
        null=True, blank=True, help_text="The file that is kept aside, see downloads.quarantine."
    )
    quarantined_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    claimed_by = models.CharField(max_length=120, blank=True, default="")
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    status_before = models.CharField(max_length=12, blank=True, default="")

    error = CodedColumns("error_code", "error_params")
    objects = QueueItems.as_manager()

    class Meta:
        verbose_name = "queue item"
        indexes = [
            models.Index(fields=["status", "priority", "position"], name="queue_claim_order"),
            models.Index(fields=["status", "-completed_at", "-id"], name="queue_history"),
            models.Index(fields=["-completed_at", "-id"], name="queue_finished"),
            # All that counts and sums over the lists need: the rows themselves are large.
            models.Index(
                fields=[
                    *("status", "removed_at", "downloaded_bytes", "total_bytes", "download_speed"),
                ],
                name="queue_figures",
            ),
            models.Index(fields=["removed_at"], name="queue_removed"),
            models.Index(
                fields=["quarantine"],
                condition=~Q(quarantine=""),
                name="queue_quarantined",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "season", "episode_number"],
                condition=Q(status__in=UNFINISHED),
                name="queue_one_unfinished_per_episode",
            ),
            models.UniqueConstraint(
                fields=["status"],
                condition=Q(status=Status.DOWNLOADING),
                name="queue_one_downloading",
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="queue_status"),
            models.CheckConstraint(
                condition=Q(status_before__in=["", *Status.values]), name="queue_status_before"
            ),
            models.CheckConstraint(
                condition=Q(priority__in=Priority.values), name="queue_priority"
            ),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="queue_stage"),
            models.CheckConstraint(
                condition=Q(is_replacing=False) | Q(is_beside=True),
                name="queue_replaces_what_is_there",
            ),
            models.CheckConstraint(
                condition=Q(quarantine__in=Quarantine.values), name="queue_quarantine"
            ),
            models.CheckConstraint(
                condition=Q(progress_percent__gte=0, progress_percent__lte=100),
                name="queue_percent",
            ),
            models.CheckConstraint(
                condition=Q(
                    season__gte=0,
                    episode_number__gte=0,
                    downloaded_bytes__gte=0,
                    retry_count__gte=0,
                    outage_count__gte=0,
                )
                & (Q(total_bytes__isnull=True) | Q(total_bytes__gte=0))
                & (Q(download_speed__isnull=True) | Q(download_speed__gte=0))
                & (Q(eta__isnull=True) | Q(eta__gte=0)),
                name="queue_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} S{self.season:02}E{self.episode_number:02} {self.status}"

    @property
    def coded_error(self) -> Coded:
        """Its error as it is kept and published: without a text, which is made when it is shown."""
        return {"code": self.error_code, "params": self.error_params}

    def record_attempt(self, **facts: Any) -> None:
        """Add one line to the chain of what was tried; the newest 50 are kept."""
        self.attempts = [*self.attempts, facts][-50:]


class AutomaticPick(models.Model):
    """An episode that was queued by itself, in which language and when.

    It stays when the item goes: what its owner has taken out of the queue, or deleted from the
    disk, is not fetched again by itself.
    """

    # Its index is that of the unique constraint below.
    series = models.ForeignKey(
        "library.AnimeSeries", models.CASCADE, related_name="picks", db_index=False
    )
    season = models.PositiveIntegerField()
    episode_number = models.PositiveIntegerField()
    language = models.CharField(max_length=80)
    picked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "season", "episode_number", "language"], name="pick_unique"
            ),
            models.CheckConstraint(condition=~Q(language=""), name="pick_has_language"),
        ]
        indexes = [models.Index(fields=["picked_at"], name="pick_by_day")]

    def __str__(self) -> str:
        return f"{self.series_id} S{self.season:02}E{self.episode_number:02} {self.language}"


class FetchedDay(models.Model):
    """What was fetched on a day of the server's clock.

    It stays when items are cleared or removed: budgets count by it, and statistics.
    """

    day = models.DateField(unique=True)
    bytes = models.PositiveBigIntegerField(
        default=0, help_text="That came from hosters, also in tries that failed."
    )
    episodes = models.PositiveIntegerField(default=0, help_text="That got into their place.")
    failed = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Downloads that were given up."
    )

    class Meta:
        verbose_name = "fetched in a day"
        verbose_name_plural = "fetched by day"

    def __str__(self) -> str:
        return f"{self.day} {self.bytes} bytes {self.episodes} episodes"


class QueueState(models.Model):
    """The owner's wish, and which worker serves it. One row.

    Every change of the queue locks this row first, so changes are serial on PostgreSQL as they are
    on SQLite anyway.
    """

    is_running = models.BooleanField(default=False)
    is_paused = models.BooleanField(default=False)
    pause_code = models.CharField(
        max_length=12, choices=PauseCode, blank=True, default=PauseCode.NONE
    )
    pause_reason_code = models.CharField(max_length=50, blank=True, default="")
    pause_reason_params = models.JSONField(default=dict, blank=True)
    remaining = models.PositiveIntegerField(
        null=True, blank=True, help_text="Items still to be taken; empty = until none is pending."
    )
    lease_holder = models.CharField(max_length=120, blank=True, default="")
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    lifted_since = models.DateTimeField(
        null=True, blank=True, help_text="Quiet hours and budgets do not count from then"
    )
    lifted_until = models.DateTimeField(null=True, blank=True, help_text="until then.")
    told_why = models.CharField(
        max_length=30, blank=True, default="", help_text="What closes the queue, as told last."
    )
    told_until = models.DateTimeField(null=True, blank=True)
    told_limit = models.PositiveIntegerField(
        default=0, help_text="KB a second, as told last; 0 for none."
    )

    # What the item ran into that the queue has paused itself for.
    pause_reason = CodedColumns("pause_reason_code", "pause_reason_params")

    class Meta:
        verbose_name = verbose_name_plural = "queue state"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="queue_state_one_row"),
            models.CheckConstraint(
                condition=Q(pause_code__in=PauseCode.values), name="queue_state_pause_code"
            ),
            models.CheckConstraint(
                condition=Q(remaining__isnull=True) | Q(remaining__gte=0),
                name="queue_state_remaining",
            ),
            models.CheckConstraint(
                condition=Q(lifted_since__isnull=True, lifted_until__isnull=True)
                | Q(lifted_since__lt=models.F("lifted_until")),
                name="queue_state_lifted",
            ),
        ]

    def __str__(self) -> str:
        return "queue state"

    @classmethod
    def current(cls) -> QueueState:
        """The row as it is; reading never writes."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @classmethod
    def locked(cls) -> QueueState:
        """The row, locked until the caller's transaction ends."""
        cls.objects.get_or_create(pk=1)
        return cls.objects.select_for_update().get(pk=1)

    @property
    def worker_alive(self) -> bool:
        """Whether a worker has given a sign of life just now.

        One from the future is of a clock that was set back since: who lives gives another at once.
        """
        if self.heartbeat_at is None:
            return False
        return -LEASE < timezone.now() - self.heartbeat_at < LEASE

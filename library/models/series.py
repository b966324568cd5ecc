"""Series and their episodes: what the catalogue lists and what of it is there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypedDict

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from aniworld.web.columns import CodedColumns
from aniworld.web.mixins import SoftDeleteMixin, TimestampMixin, is_one_of
from library.choices import (
    CatalogueState,
    EpisodeKind,
    EpisodeState,
    Follow,
    KeepFiles,
    SeriesStatus,
)
from library.naming.titles import spellings

# URL-safe, and nothing that could be taken for a path: "~" stands between site and key of a
# series whose plain key was taken already.
KEY_PATTERN = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._~-]*$")

# How often a catalogue may be asked, in hours: few enough that one query knows who is due.
REFRESH_HOURS = (1, 3, 6, 12, 24, 72, 168)


LOCAL = ""  # the site of a series without a catalogue: see ``library.services.local``


def matching(text: str) -> Q:
    """Every word of ``text`` occurs in a name or the key, in any case of any script."""
    words = dict.fromkeys(text.casefold().split())
    return Q(*(Q(search_text__contains=word) for word in words))


def of_genre(genre: str) -> Q:
    return Q(genre_index__contains=f"|{genre.casefold()}|")


class StoredHeld(TypedDict):
    """A list of a catalogue that is not taken over before the owner has said what it means.

    ``mark`` tells it from others; ``pairs`` are the first of what has moved or may have: each with
    the former number and title, and the likely ones now, if any; ``count`` is how many there are.
    """

    mark: str
    at: str
    count: int
    doubts: int
    episodes: int
    pairs: list[StoredPair]


class StoredPair(TypedDict):
    """``is_sure`` where titles say it."""

    was: list[int]
    title_was: str
    now: list[int] | None
    title_now: str
    is_sure: bool


class AnimeSeriesQuerySet(models.QuerySet["AnimeSeries"]):
    def active(self) -> AnimeSeriesQuerySet:
        """Those the owner has not removed."""
        return self.filter(deleted_at=None)

    def of_keys(self, keys: Iterable[str]) -> AnimeSeriesQuerySet:
        """Those of these keys; what is none, whoever sent it, finds nothing."""
        return self.filter(key__in=[key for key in keys if KEY_PATTERN.fullmatch(key)])

    def with_missing(self) -> AnimeSeriesQuerySet:
        return self.filter(missing_count__gt=0)

    def matching(self, text: str) -> AnimeSeriesQuerySet:
        """Every word of ``text`` occurs in a name or the key, in any case of any script."""
        return self.filter(matching(text))

    def of_genre(self, genre: str) -> AnimeSeriesQuerySet:
        return self.filter(of_genre(genre))

    def due(self, usual: timedelta, now: datetime | None = None) -> AnimeSeriesQuerySet:
        """Those whose catalogue was not read for as long as it is to be, the longest waiting first.

        One that was read in the future was so by a clock that was set back since.

        Args:
            usual: for how long, where a series has no word of its own.
        """
        now = now or timezone.now()
        stale = Q(refreshed_at=None) | Q(refreshed_at__gt=now)
        stale |= Q(refresh_hours=None, refreshed_at__lt=now - usual)
        for hours in REFRESH_HOURS:
            stale |= Q(refresh_hours=hours, refreshed_at__lt=now - timedelta(hours=hours))
        return self.active().filter(stale).longest_waiting_first()

    def followed(self) -> AnimeSeriesQuerySet:
        """Those of which something is fetched by itself."""
        return self.active().exclude(follow=Follow.OFF)

    def held(self) -> AnimeSeriesQuerySet:
        """Those whose catalogue waits for the owner's word."""
        return self.active().filter(catalogue_held=True)

    def longest_waiting_first(self) -> AnimeSeriesQuerySet:
        """In the order in which they were last asked for, so that one that fails is not always
        the first."""
        asked, read = (F(name).asc(nulls_first=True) for name in ("asked_at", "refreshed_at"))
        return self.order_by(asked, read, "id")


class AnimeSeries(TimestampMixin, SoftDeleteMixin):
    """One show. ``key`` identifies it everywhere, ``folder`` is only its directory's name.

    ``folder`` is in the stored form of ``library.naming.paths``. The counters are kept in the same
    transaction as the episodes they count; ``missing_count`` is 0 while nothing is monitored.
    """

    key = models.CharField(max_length=255, unique=True, validators=[RegexValidator(KEY_PATTERN)])
    site = models.CharField(max_length=64, blank=True, help_text="Empty: it has no catalogue.")
    site_key = models.CharField(max_length=255)
    link = models.CharField(max_length=2000, blank=True)
    name = models.CharField(max_length=500)
    folder = models.CharField(max_length=1024, blank=True)
    root = models.ForeignKey(
        "library.LibraryRoot", models.SET_NULL, null=True, blank=True, related_name="series"
    )
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    end_year = models.PositiveSmallIntegerField(null=True, blank=True)
    status = models.CharField(max_length=16, choices=SeriesStatus, blank=True, default="")
    description = models.TextField(blank=True)
    alternative_names = models.JSONField(default=list, blank=True)
    genres = models.JSONField(default=list, blank=True)
    ids = models.JSONField(default=dict, blank=True)
    cover_url = models.CharField(max_length=2000, blank=True)
    cover_source = models.CharField(
        max_length=2000, blank=True, help_text="The address the stored cover came from."
    )
    episode_dict = models.JSONField(default=dict, blank=True, help_text="{season: [numbers]}")
    mapping = models.JSONField(
        default=list, blank=True, help_text="Ranges that tie catalogue numbers to library numbers."
    )
    monitored = models.BooleanField(default=True)
    languages = models.JSONField(default=list, blank=True, help_text="Order of preference.")
    hosters = models.JSONField(default=list, blank=True, help_text="Order of preference.")
    follow = models.CharField(max_length=8, choices=Follow, default=Follow.OFF)
    follow_season = models.PositiveIntegerField(
        null=True, blank=True, help_text="The first one that is followed, where that is said."
    )
    follow_since = models.DateTimeField(
        null=True, blank=True, help_text="When it was said what is followed of it."
    )
    language_ranks = models.JSONField(
        default=list, blank=True, help_text="As following.ranks of the settings; empty: as there."
    )
    keep_files = models.CharField(
        max_length=8, choices=KeepFiles, blank=True, default=KeepFiles.AS_SET
    )
    refresh_hours = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How often its catalogue is asked; empty: as usual."
    )
    total_episodes = models.PositiveIntegerField(default=0)
    downloaded_count = models.PositiveIntegerField(default=0)
    missing_count = models.PositiveIntegerField(default=0)
    unavailable_count = models.PositiveIntegerField(default=0)
    last_scanned = models.DateTimeField(null=True, blank=True)
    refreshed_at = models.DateTimeField(null=True, blank=True)
    first_read_at = models.DateTimeField(
        null=True, blank=True, help_text="What the catalogue listed then is not new."
    )
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When its site was last asked for it, also in vain."
    )
    error_code = models.CharField(max_length=64, blank=True)
    error_params = models.JSONField(default=dict, blank=True)
    removal_held = models.BooleanField(
        default=False, help_text="Most of its files vanished; only the owner can confirm that."
    )
    catalogue_held = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Its catalogue has other numbers, and only the owner can say which are which.",
    )
    dismissed_numbers = models.JSONField(
        default=list, blank=True, help_text="Marks of suggested numberings the owner wants not."
    )
    held = models.JSONField(null=True, blank=True, help_text="What was seen: a ``StoredHeld``.")
    sort_name = models.CharField(max_length=500, editable=False, default="")
    search_text = models.TextField(editable=False, default="")
    genre_index = models.TextField(editable=False, default="")

    error = CodedColumns("error_code", "error_params")
    objects = AnimeSeriesQuerySet.as_manager()

    class Meta:
        verbose_name = "series"
        verbose_name_plural = "series"
        ordering = ["sort_name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=SeriesStatus.values), name="series_status_known"
            ),
            models.CheckConstraint(condition=~Q(key=""), name="series_key_not_empty"),
            models.UniqueConstraint(fields=["site", "site_key"], name="series_site_key_unique"),
            models.UniqueConstraint(
                fields=["root", "folder"],
                condition=Q(deleted_at=None) & ~Q(folder=""),
                name="series_folder_unique",
            ),
            models.CheckConstraint(
                condition=is_one_of("follow", Follow.values), name="series_follow_known"
            ),
            models.CheckConstraint(
                condition=Q(follow=Follow.SEASON, follow_season__isnull=False, follow_season__gte=1)
                | (~Q(follow=Follow.SEASON) & Q(follow_season=None)),
                name="series_follow_season",
            ),
            models.CheckConstraint(
                condition=is_one_of("keep_files", KeepFiles.values), name="series_keep_known"
            ),
            models.CheckConstraint(
                condition=Q(refresh_hours=None) | Q(refresh_hours__in=REFRESH_HOURS),
                name="series_refresh_hours_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    total_episodes__gte=0,
                    downloaded_count__gte=0,
                    missing_count__gte=0,
                    unavailable_count__gte=0,
                ),
                name="series_counts_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["sort_name", "id"], name="series_by_name"),
            models.Index(
                fields=["sort_name", "id"],
                condition=Q(missing_count__gt=0, deleted_at=None),
                name="series_missing_by_name",
            ),
            models.Index(fields=["refreshed_at"], name="series_by_refresh"),
            models.Index(fields=["id"], condition=~Q(follow="OFF"), name="series_followed"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_local(self) -> bool:
        """Whether it has no catalogue: it is what its files say."""
        return self.site == LOCAL

    @property
    def catalogue_state(self) -> CatalogueState:
        """Whether anybody knows what it misses."""
        if self.is_local:
            return CatalogueState.NONE
        return CatalogueState.READ if self.refreshed_at else CatalogueState.NOT_READ

    def index_words(self) -> None:
        """Set the columns that are searched and sorted by. Call before saving new names."""
        names = [self.name, *self.alternative_names, self.key]
        self.sort_name = self.name.casefold()[:500]
        folded = {word for name in names for word in spellings(name)}
        self.search_text = "\n".join([*names, *sorted(folded)]).casefold()
        self.genre_index = "".join(f"|{genre.casefold()}" for genre in self.genres) + "|"


class EpisodeQuerySet(models.QuerySet["Episode"]):
    def missing(self) -> EpisodeQuerySet:
        """Listed with a source, no file, and both the series and the episode are wanted."""
        return self.filter(
            state=EpisodeState.MISSING,
            unwanted=False,
            series__monitored=True,
            series__deleted_at=None,
        )

    def on_disk(self) -> EpisodeQuerySet:
        return self.filter(state=EpisodeState.PRESENT)


class Episode(TimestampMixin):
    """One episode in the catalogue's numbering. Season 0 holds films and specials.

    ``listed`` is False where a file was found for a number the catalogue does not know.
    ``file_path`` is relative to the series' root, in the stored form of ``library.naming.paths``.
    ``unwanted`` tells that its owner has deleted its file: while it is missing it does not count as
    that, and nothing queues it but its owner. It ends when there is a file again.
    """

    # Its index is that of the unique constraint below.
    series = models.ForeignKey(AnimeSeries, models.CASCADE, related_name="episodes", db_index=False)
    season = models.PositiveIntegerField()
    episode_number = models.PositiveIntegerField()
    title = models.CharField(max_length=1000, blank=True, default="")
    original_title = models.CharField(max_length=1000, blank=True, default="")
    kind = models.CharField(max_length=16, choices=EpisodeKind, default=EpisodeKind.EPISODE)
    state = models.CharField(max_length=16, choices=EpisodeState, default=EpisodeState.ANNOUNCED)
    is_downloaded = models.BooleanField(default=False)
    download_date = models.DateTimeField(null=True, blank=True)
    file = models.ForeignKey(
        "library.MediaFile", models.SET_NULL, null=True, blank=True, related_name="episodes_here"
    )
    file_path = models.TextField(blank=True, default="")
    file_size = models.BigIntegerField(null=True, blank=True)
    languages = models.JSONField(default=list, blank=True)
    hosters = models.JSONField(default=list, blank=True)
    listed = models.BooleanField(default=True)
    unwanted = models.BooleanField(default=False, db_default=False)

    objects = EpisodeQuerySet.as_manager()

    class Meta:
        ordering = ["series", "season", "episode_number"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "season", "episode_number"], name="episode_unique"
            ),
            models.CheckConstraint(
                condition=is_one_of("state", EpisodeState.values), name="episode_state_known"
            ),
            models.CheckConstraint(
                condition=is_one_of("kind", EpisodeKind.values), name="episode_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(season__gte=0, episode_number__gte=0),
                name="episode_numbers_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(file_size=None) | Q(file_size__gte=0),
                name="episode_size_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(is_downloaded=True, state=EpisodeState.PRESENT)
                | (Q(is_downloaded=False) & ~Q(state=EpisodeState.PRESENT)),
                name="episode_present_is_downloaded",
            ),
        ]
        indexes = [
            models.Index(
                fields=["series", "season", "episode_number"],
                condition=Q(state="MISSING"),
                name="episode_missing",
            ),
            models.Index(
                fields=["series", "season", "episode_number"],
                condition=Q(state="ANNOUNCED", listed=True),
                name="episode_announced",
            ),
            models.Index(
                fields=["download_date"],
                condition=Q(download_date__isnull=False),
                name="episode_by_arrival",
            ),
        ]

    def __str__(self) -> str:
        return f"S{self.season:02}E{self.episode_number:02}"

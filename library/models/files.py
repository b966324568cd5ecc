"""What a scan found on disk: roots, files, directories seen, folders without a series."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

from django.db import models
from django.db.models import F, Q

from aniworld.web.columns import CodedColumns
from aniworld.web.mixins import TimestampMixin
from aniworld.web.texts import Told, told
from library.choices import FileState, UnmatchedReason
from library.naming.paths import from_stored
from providers.coded import Coded


class StoredMount(TypedDict):
    """A file system, and whether the times of its directories are believed.

    ``directories`` of a root lie on it; ``scans`` have looked through them. So many have changed
    and moved their time (``kept``) since the one in ``lied`` did not. Paths are in stored form.
    """

    point: str
    kind: str
    source: str
    trusted: bool
    reason: Coded
    directories: int
    scans: int
    kept: int
    lied: str


class StoredPassed(TypedDict):
    """What was passed over for one reason. ``first`` are some of the paths, in stored form."""

    reason: Coded
    first: list[str]


# The fault of a file that was not looked into for where a link leads.
OUTSIDE = "media_outside"


class LibraryRootQuerySet(models.QuerySet["LibraryRoot"]):
    def active(self) -> LibraryRootQuerySet:
        """Those in the configuration, in its order."""
        return self.filter(is_active=True).order_by("position", "id")


class LibraryRoot(models.Model):
    """One library folder. A root taken out of the configuration is kept, inactive.

    ``identity`` is device and inode of the directory at the last good scan: together with the
    files that should be there it tells the right disk from an empty mount point. ``grammar`` is the
    stamp of the name reader that read all names: another one reads them again. ``mounts`` are the
    file systems its directories lie on, each a ``StoredMount``; ``full_look_at`` is when every
    directory was read and every file's size asked for, whatever the times said. ``passed`` is what
    was passed over by its name, each a ``StoredPassed``.
    """

    path = models.CharField(max_length=4096, unique=True)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    identity = models.CharField(max_length=64, blank=True, default="")
    file_count = models.PositiveIntegerField(default=0)
    frozen_reason = models.CharField(max_length=64, blank=True, default="")
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_params = models.JSONField(default=dict, blank=True)
    last_scanned_at = models.DateTimeField(null=True, blank=True)
    grammar = models.CharField(max_length=32, blank=True, default="")
    mounts = models.JSONField(default=list, blank=True)
    passed = models.JSONField(default=list, blank=True)
    full_look_at = models.DateTimeField(null=True, blank=True)

    error = CodedColumns("error_code", "error_params")
    objects = LibraryRootQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(path=""), name="root_path_not_empty"),
            models.CheckConstraint(condition=Q(file_count__gte=0), name="root_count_not_negative"),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def directory(self) -> Path:
        return Path(self.path)


class MediaFileQuerySet(models.QuerySet["MediaFile"]):
    def present(self) -> MediaFileQuerySet:
        return self.filter(state=FileState.PRESENT)

    def unavailable(self) -> MediaFileQuerySet:
        return self.filter(state=FileState.UNAVAILABLE)

    def unread(self) -> MediaFileQuerySet:
        """Those whose name could not be turned into episodes."""
        return self.exclude(problem="")

    def damaged(self) -> MediaFileQuerySet:
        """Those that no film could be read from."""
        return self.present().exclude(media_problem__in=["", OUTSIDE])

    def spare(self) -> MediaFileQuerySet:
        """Those of whose episodes another file of the same series stands for each."""
        return self.filter(instead__series=F("series"), problem="")

    def unprobed(self) -> MediaFileQuerySet:
        return self.present().filter(probed_at=None, size__gt=0)


class MediaFile(models.Model):
    """One video file.

    ``path`` is relative to the root, in the stored form of ``library.naming.paths``; ``folder`` is
    its top directory ("" for a file lying in the root itself). Season, episodes, absolute numbers,
    ``rule`` and ``problem`` are what the name reader said; ``problem`` is a code of
    ``library.names.problems``, which need no parameters. ``instead`` is the file that stands for
    its episodes, as they were settled last.
    """

    # No index of its own: that of the constraint below serves, and each one slows a first scan.
    root = models.ForeignKey(LibraryRoot, models.CASCADE, related_name="files", db_index=False)
    series = models.ForeignKey(
        "library.AnimeSeries", models.SET_NULL, null=True, blank=True, related_name="files"
    )
    path = models.TextField()
    folder = models.TextField(blank=True, default="")
    size = models.BigIntegerField(default=0)
    mtime_ns = models.BigIntegerField(default=0)
    season = models.PositiveIntegerField(null=True, blank=True)
    episodes = models.JSONField(default=list, blank=True)
    absolute = models.JSONField(default=list, blank=True)
    rule = models.CharField(max_length=64, blank=True, default="")
    problem = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=32, blank=True, default="")
    version = models.PositiveSmallIntegerField(null=True, blank=True)
    group = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=16, choices=FileState, default=FileState.PRESENT)
    duration = models.FloatField(null=True, blank=True, help_text="Seconds.")
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    video_codec = models.CharField(max_length=32, blank=True, default="")
    audio_codec = models.CharField(max_length=32, blank=True, default="")
    audio_languages = models.JSONField(default=list, blank=True)
    subtitle_languages = models.JSONField(default=list, blank=True)
    media_problem = models.CharField(max_length=200, blank=True, default="")
    # Null costs a first scan nothing; few files have a problem, and few problems have parameters.
    media_problem_params = models.JSONField(null=True, blank=True)
    probed_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField()
    # No constraint of the database, which would look through all files for each that goes: where
    # one has gone, its series is settled in the same transaction.
    instead = models.ForeignKey(
        "self",
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="spares",
        db_index=False,
        db_constraint=False,
    )

    objects = MediaFileQuerySet.as_manager()

    class Meta:
        ordering = ["root", "path"]
        constraints = [
            # A path is in one folder only: with it, the index finds the files of a folder too.
            models.UniqueConstraint(fields=["root", "folder", "path"], name="file_path_unique"),
            models.CheckConstraint(
                condition=Q(state__in=FileState.values), name="file_state_known"
            ),
            models.CheckConstraint(condition=Q(size__gte=0), name="file_size_not_negative"),
        ]
        # What few files are and every scan asks for: an unchanged one reads no table whole.
        indexes = [
            models.Index(
                fields=["root"], condition=Q(state=FileState.UNAVAILABLE), name="file_unavailable"
            ),
            models.Index(fields=["root", "path"], condition=~Q(problem=""), name="file_unread"),
            models.Index(
                fields=["root", "folder"], condition=Q(series=None), name="file_without_series"
            ),
            models.Index(
                fields=["root"],
                condition=Q(state=FileState.PRESENT, probed_at=None, size__gt=0),
                name="file_unprobed",
            ),
            models.Index(fields=["instead"], condition=Q(instead__isnull=False), name="file_spare"),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def name_fault(self) -> Told | None:
        """Why no episode could be read from its name."""
        return told(self.problem)

    @property
    def media_fault(self) -> Told | None:
        """Why it cannot be played."""
        return told(self.media_problem, self.media_problem_params)

    @property
    def location(self) -> Path:
        """Where the file is, as the operating system knows it."""
        return self.root.directory / from_stored(self.path)


class ScannedDirectory(models.Model):
    """A directory as it was read last: while its mtime stays, or where that tells nothing the names
    in it, its files need no look."""

    root = models.ForeignKey(
        LibraryRoot, models.CASCADE, related_name="directories", db_index=False
    )
    path = models.TextField(blank=True, default="")
    mtime_ns = models.BigIntegerField()
    names = models.BigIntegerField(null=True, help_text="A mark of the names in it.")
    passed = models.TextField(null=True, help_text="JSON: by reason how many names, and the first.")  # noqa: DJ001 - null costs a first scan nothing
    scanned_at = models.BigIntegerField(help_text="Nanoseconds since the epoch.")

    class Meta:
        verbose_name_plural = "scanned directories"
        constraints = [
            models.UniqueConstraint(fields=["root", "path"], name="directory_unique"),
        ]

    def __str__(self) -> str:
        return self.path or "/"


class StoredCandidate(TypedDict):
    """A series that may be meant, the ``score`` from 0 to 1."""

    key: str
    name: str
    site: str
    year: int | None
    score: float
    reasons: list[Coded]


class UnmatchedFolderQuerySet(models.QuerySet["UnmatchedFolder"]):
    def waiting(self) -> UnmatchedFolderQuerySet:
        """Those the owner is asked about."""
        return self.exclude(reason=UnmatchedReason.IGNORED)

    def ignored(self) -> UnmatchedFolderQuerySet:
        return self.filter(reason=UnmatchedReason.IGNORED)


class UnmatchedFolder(TimestampMixin):
    """A folder no series could be found for, with what might be meant.

    ``candidates`` are each a ``StoredCandidate``, the likeliest first.
    """

    root = models.ForeignKey(LibraryRoot, models.CASCADE, related_name="unmatched")
    folder = models.TextField(blank=True, default="")
    reason = models.CharField(max_length=32, choices=UnmatchedReason)
    detail_code = models.CharField(max_length=64, blank=True, default="")
    detail_params = models.JSONField(default=dict, blank=True)
    candidates = models.JSONField(default=list, blank=True)

    detail = CodedColumns("detail_code", "detail_params")
    objects = UnmatchedFolderQuerySet.as_manager()

    class Meta:
        ordering = ["root", "folder"]
        constraints = [
            models.UniqueConstraint(fields=["root", "folder"], name="unmatched_unique"),
            models.CheckConstraint(
                condition=Q(reason__in=UnmatchedReason.values), name="unmatched_reason_known"
            ),
        ]

    def __str__(self) -> str:
        return self.folder

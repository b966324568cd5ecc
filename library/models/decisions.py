"""What the owner has decided of folders, kept also while a folder is not there."""

from __future__ import annotations

from django.db import models

from aniworld.web.columns import CodedColumns
from aniworld.web.mixins import TimestampMixin
from library.models.files import LibraryRoot


class RefusedFolder(TimestampMixin):
    """A folder the owner has taken from a series, or ignores: no scan matches it before they say
    what it is.

    ``folder`` is in the stored form of ``library.naming.paths``; ``detail`` says what it was taken
    for, if for any. It outlives the folder, which may be on a disk that is away or come back some
    day.
    """

    root = models.ForeignKey(LibraryRoot, models.CASCADE, related_name="+", db_index=False)
    folder = models.TextField()
    is_ignored = models.BooleanField(default=False)
    detail_code = models.CharField(max_length=64, blank=True, default="")
    detail_params = models.JSONField(default=dict, blank=True)

    detail = CodedColumns("detail_code", "detail_params")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["root", "folder"], name="refused_folder_unique"),
        ]

    def __str__(self) -> str:
        return self.folder

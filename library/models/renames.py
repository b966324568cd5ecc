"""Which files were renamed: written before the first of them moves."""

from __future__ import annotations

from typing import TypedDict

from django.db import models
from django.db.models import Q

from library.choices import StepState
from library.models.files import LibraryRoot
from library.models.operations import ScanOperation
from library.models.series import AnimeSeries


class StoredPair(TypedDict):
    """One file, a video or what lies beside it. Paths are below the root, in stored form.

    ``file`` is the id of a video's row; ``inode`` tells where the file is now, whatever its name.
    """

    old: str
    new: str
    file: int | None
    inode: int


class RenameStep(models.Model):
    """Files that get their names together: a video with those beside it, or several whose names go
    round in a circle.

    A step that is still PLANNED while nobody renames was begun by a process that died: the disk
    says how much of it was done. ``undoes`` is the step whose names this one gives back.
    """

    operation = models.ForeignKey(ScanOperation, models.CASCADE, related_name="steps")
    series = models.ForeignKey(AnimeSeries, models.CASCADE, related_name="+")
    root = models.ForeignKey(LibraryRoot, models.CASCADE, related_name="+")
    pairs = models.JSONField(help_text="Each a ``StoredPair``; of a DONE one those that were done.")
    state = models.CharField(max_length=16, choices=StepState, default=StepState.PLANNED)
    undoes = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=StepState.values), name="rename_step_state_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["root"], condition=Q(state=StepState.PLANNED), name="rename_step_planned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.pairs[0]['new'] if self.pairs else ''}"

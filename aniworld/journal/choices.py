"""The words of the journal."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class ActorKind(models.TextChoices):
    """What kind of somebody writes."""

    OWNER = "OWNER"  # a person, by a session in the browser
    CLIENT = "CLIENT"  # a program, by a token
    SCHEDULE = "SCHEDULE"
    WORKER = "WORKER"
    SCAN = "SCAN"
    COMMAND = "COMMAND"  # a person at a shell, or cron
    SYSTEM = "SYSTEM"  # the product for itself: nobody asked for it


class Turn(models.TextChoices):
    """What an act is to the one before it: what takes back an undo does it once more."""

    DONE = "DONE"
    UNDONE = "UNDONE"
    REDONE = "REDONE"


class Action(StrEnum):
    """Base of what a room journals: ``area.what_was_done``, in its ``entries.py``.

    A code is stable. Its sentence is registered with ``aniworld.web.texts`` under the code; the
    parameters are those of ``models.Entry.params``.
    """

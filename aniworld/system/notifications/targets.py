"""The targets as their owner set them up."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time

from django.utils import timezone

from aniworld.config import store
from aniworld.config.schema import NotificationSettings, TargetSettings
from aniworld.console.secrets import keep_secret
from aniworld.system.notifications.choices import Kind, Pace

MOST = 50  # targets


class Recipient(ABC):
    """Whoever messages are sent to: a target of the owner, or a browser of anybody.

    ``language`` is what it is told in; empty: the language of the settings.
    """

    name: str
    language: str

    @property
    @abstractmethod
    def is_on(self) -> bool:
        """Whether anything is sent there."""

    @property
    @abstractmethod
    def events(self) -> Collection[str]:
        """What it is told of, by choice."""

    @property
    @abstractmethod
    def pace(self) -> str:
        """DIGEST or EACH."""

    @property
    @abstractmethod
    def quiet_hours(self) -> str:
        """Such as ``22:00-07:00``; empty: none."""

    @abstractmethod
    def may_be_told(self, kind: str) -> bool:
        """Whether such things are any of its business."""

    def wants(self, kind: str) -> bool:
        """Whether it is told of such things. That something is missing every one is told."""
        is_chosen = kind == Kind.GAP or kind in self.events
        return self.is_on and is_chosen and self.may_be_told(kind)

    @property
    def gathers(self) -> bool:
        return self.pace == Pace.DIGEST

    def is_quiet(self, now: datetime) -> bool:
        """Whether its quiet hours are on, by the clock of the server."""
        if not self.quiet_hours:
            return False
        begin, _, end = self.quiet_hours.partition("-")
        at, first, last = timezone.localtime(now).time(), _clock(begin), _clock(end)
        return first <= at < last if first <= last else at >= first or at < last


@dataclass(frozen=True, slots=True)
class Target(Recipient):
    """One of them by its name."""

    name: str
    settings: TargetSettings
    language: str = ""

    @property
    def is_on(self) -> bool:
        return self.settings.enabled

    @property
    def events(self) -> Collection[str]:
        return self.settings.events

    @property
    def pace(self) -> str:
        return self.settings.pace

    @property
    def quiet_hours(self) -> str:
        return self.settings.quiet_hours

    def may_be_told(self, kind: str) -> bool:  # noqa: ARG002 - an owner set it up
        return True


def settings() -> NotificationSettings:
    """What is set now. Raises ``ConfigError``."""
    found = store.load().notifications
    for one in found.targets.values():
        keep_secret([one.url, one.signing_key])
    return found


def targets(known: NotificationSettings | None = None) -> dict[str, Target]:
    """All of them by name. Raises ``ConfigError``."""
    found = known or settings()
    return {name: Target(name, one) for name, one in found.targets.items()}


def _clock(text: str) -> time:
    return time.fromisoformat(text)

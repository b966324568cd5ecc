"""The targets as their owner set them up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from django.utils import timezone

from aniworld.config import store
from aniworld.config.schema import NotificationSettings, TargetSettings
from aniworld.console.secrets import keep_secret
from aniworld.system.notifications.choices import Kind

MOST = 50  # targets


@dataclass(frozen=True, slots=True)
class Target:
    """One of them by its name."""

    name: str
    settings: TargetSettings

    def wants(self, kind: str) -> bool:
        """Whether it is told of such things. That something is missing every one is told."""
        return self.settings.enabled and (kind == Kind.GAP or kind in self.settings.events)

    @property
    def gathers(self) -> bool:
        return self.settings.pace == "DIGEST"

    def is_quiet(self, now: datetime) -> bool:
        """Whether its quiet hours are on, by the clock of the server."""
        if not self.settings.quiet_hours:
            return False
        begin, _, end = self.settings.quiet_hours.partition("-")
        at, first, last = timezone.localtime(now).time(), _clock(begin), _clock(end)
        return first <= at < last if first <= last else at >= first or at < last


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

"""Whoever messages are sent to: the targets of the owner, and the browsers of everybody."""

from __future__ import annotations

from collections.abc import Collection

from aniworld.config.schema import NotificationSettings
from aniworld.system.notifications.browsers import recipients as browsers
from aniworld.system.notifications.targets import Recipient, targets


def everybody(known: NotificationSettings) -> list[Recipient]:
    """All of them, those that are switched off too. Raises ``ConfigError``."""
    return [*targets(known).values(), *browsers.everybody()]


def named(
    names: Collection[str], known: NotificationSettings | None = None
) -> dict[str, Recipient]:
    """Those of these names that there are. Raises ``ConfigError``."""
    listed = targets(known)
    chosen: dict[str, Recipient] = {name: listed[name] for name in names if name in listed}
    return {**chosen, **browsers.named(names)}

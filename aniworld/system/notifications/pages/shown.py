"""Messages and targets as the pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext

from aniworld.config.menu import MenuEntry
from aniworld.config.pages.sections import SectionPage
from aniworld.system.notifications import shapes, targets
from aniworld.system.notifications.choices import DeliveryState, Kind
from aniworld.system.notifications.models import Delivery, InboxMessage, InboxQuerySet
from aniworld.system.notifications.pages.forms import TargetForm
from aniworld.system.notifications.shapes import DeliveryEntry, InboxEntry, TargetEntry
from aniworld.system.notifications.texts import STATES, title_of

ROWS = 50
_ICONS: Mapping[str, str] = {
    Kind.DOWNLOAD_COMPLETE: "fa-circle-check",
    Kind.DOWNLOAD_FAILED: "fa-circle-xmark",
    Kind.NEW_EPISODES: "fa-clapperboard",
    Kind.LANGUAGE_ARRIVED: "fa-language",
    Kind.FILES_HELD: "fa-hand",
    Kind.SCAN_FAILED: "fa-circle-xmark",
    Kind.REPAIR_RAISED: "fa-triangle-exclamation",
    Kind.REPAIR_MENDED: "fa-heart-pulse",
    Kind.DISK_LOW: "fa-hard-drive",
    Kind.BACKUP_FAILED: "fa-box-archive",
    Kind.GAP: "fa-circle-question",
    Kind.TEST: "fa-bell",
}
_PLACES: Mapping[str, str] = {
    Kind.DOWNLOAD_FAILED: "queue",
    Kind.FILES_HELD: "removals",
    Kind.REPAIR_RAISED: "system",
    Kind.REPAIR_MENDED: "system",
    Kind.DISK_LOW: "system",
    Kind.BACKUP_FAILED: "backups",
}
_TONES: Mapping[str, str] = {
    DeliveryState.GATHERING: "plain",
    DeliveryState.WAITING: "warn",
    DeliveryState.SENDING: "downloading",
    DeliveryState.SENT: "healthy",
    DeliveryState.FAILED: "danger",
    DeliveryState.CANCELLED: "plain",
}


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One message."""

    entry: InboxEntry

    @property
    def icon(self) -> str:
        return _ICONS[self.entry["event"]]

    @property
    def series(self) -> str:
        """The key of the series it is about; empty where it is about none."""
        return str(self.entry["params"].get("key", ""))

    @property
    def place(self) -> str:
        """The name of the page where something is to be done; empty where nothing is."""
        return _PLACES.get(self.entry["event"], "")


@dataclass(frozen=True, slots=True)
class InboxPage:
    paging: Page[InboxMessage]
    unread: int
    only_unread: bool

    @property
    def rows(self) -> list[InboxRow]:
        return [InboxRow(shapes.inbox_entry(row)) for row in self.paging.object_list]


@dataclass(frozen=True, slots=True)
class LogRow:
    """One message for one target."""

    entry: DeliveryEntry

    @property
    def state(self) -> str:
        return gettext(STATES[self.entry["state"]])

    @property
    def is_gathering(self) -> bool:
        """Whether more may come to it: it is sent once that is over, at the latest when it says."""
        return bool(self.entry["state"] == DeliveryState.GATHERING)

    @property
    def tone(self) -> str:
        return _TONES[self.entry["state"]]

    @property
    def lines(self) -> list[str]:
        return self.entry["text"].splitlines()

    @property
    def may_be_sent(self) -> bool:
        return self.entry["state"] in (DeliveryState.FAILED, DeliveryState.CANCELLED)


@dataclass(frozen=True, slots=True)
class LogPage:
    paging: Page[Delivery]
    target: str
    state: str
    targets: Sequence[str]

    @property
    def rows(self) -> list[LogRow]:
        return [LogRow(shapes.delivery_entry(row)) for row in self.paging.object_list]

    @property
    def states(self) -> list[tuple[str, str]]:
        return [(state, gettext(words)) for state, words in STATES.items()]

    @property
    def is_filtered(self) -> bool:
        return bool(self.target or self.state)


@dataclass(frozen=True, slots=True)
class TargetCard:
    """One target."""

    entry: TargetEntry

    @property
    def told_of(self) -> str:
        return ", ".join(title_of(kind) for kind in self.entry["events"])


@dataclass(frozen=True, slots=True)
class NotificationsPage(SectionPage):
    """All targets, and what is set for them together."""

    cards: Sequence[TargetCard]


@dataclass(frozen=True, slots=True)
class TargetPage:
    """One target, or a new one."""

    menu: Sequence[MenuEntry]
    form: TargetForm
    name: str


def inbox_page(query: Mapping[str, str], found: InboxQuerySet) -> InboxPage:
    """The page that a query asks for. Args: found: what the visitor may see."""
    only_unread = query.get("show") == "unread"
    listed = (found.unread() if only_unread else found).newest_first()
    paging = Paginator(listed, ROWS).get_page(query.get("page"))
    return InboxPage(paging, found.unread().count(), only_unread)


def log_page(query: Mapping[str, str]) -> LogPage:
    """The page that a query asks for; what is no filter is none."""
    state = query.get("state", "")
    state = state if state in STATES else ""
    names = list(targets.targets())
    target = query.get("target", "")[:40]
    found = Delivery.objects.newest_first()
    found = found.filter(state=state) if state else found
    found = found.filter(target=target) if target else found
    paging = Paginator(found, ROWS).get_page(query.get("page"))
    return LogPage(paging, target, state, names)

"""What messages say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from aniworld.system.notifications.choices import DeliveryState, Kind
from aniworld.web.texts import Params, Text

NAMED_EPISODES = 12

TITLES: Mapping[str, str] = {
    Kind.DOWNLOAD_COMPLETE: _("Downloaded"),
    Kind.DOWNLOAD_FAILED: _("A download failed"),
    Kind.NEW_EPISODES: _("New episodes are out"),
    Kind.LANGUAGE_ARRIVED: _("A language you wait for is out"),
    Kind.FILES_HELD: _("A scan waits for your word"),
    Kind.SCAN_FAILED: _("A scan failed"),
    Kind.REPAIR_RAISED: _("Something needs to be mended"),
    Kind.REPAIR_MENDED: _("It is mended"),
    Kind.DISK_LOW: _("A disk is nearly full"),
    Kind.BACKUP_FAILED: _("A backup failed"),
    Kind.GAP: _("Some messages are missing"),
    Kind.TEST: _("A test"),
}
STATES: Mapping[str, str] = {
    DeliveryState.GATHERING: _("is gathered"),
    DeliveryState.WAITING: _("waits"),
    DeliveryState.SENDING: _("is being sent"),
    DeliveryState.SENT: _("sent"),
    DeliveryState.FAILED: _("failed"),
    DeliveryState.CANCELLED: _("not sent"),
}


def _arrived(params: Params) -> str:
    words = ngettext(
        "%(series)s %(episodes)s has arrived.",
        "%(count)d episodes of %(series)s have arrived: %(episodes)s.",
        params["count"],
    )
    return words % _facts(params)


def _out(params: Params) -> str:
    words = ngettext(
        "%(series)s %(episodes)s is out.",
        "%(count)d episodes of %(series)s are out: %(episodes)s.",
        params["count"],
    )
    return words % _facts(params)


def _in_language(params: Params) -> str:
    words = ngettext(
        "%(series)s %(episodes)s is out in %(language)s.",
        "%(count)d episodes of %(series)s are out in %(language)s: %(episodes)s.",
        params["count"],
    )
    return words % {**_facts(params), "language": params["language"]}


def _facts(params: Params) -> dict[str, Any]:
    return {
        "series": params["series"],
        "count": params["count"],
        "episodes": named(params["episodes"], params["count"]),
    }


def named(episodes: Sequence[Mapping[str, int]], count: int) -> str:
    """The first of some episodes by number, and how many more there are."""
    told = [f"S{one['season']:02}E{one['episode']:02}" for one in episodes[:NAMED_EPISODES]]
    if (more := count - len(told)) > 0:
        told.append(ngettext("and %d more", "and %d more", more) % more)
    return ", ".join(told)


TEXTS: Mapping[str, Text] = {
    "told_download_complete": _arrived,
    "told_new_episodes": _out,
    "told_language_arrived": _in_language,
    "told_download_failed": _("{series} {episode} could not be downloaded. {reason}"),
    "told_files_held": _("{reason}"),
    "told_scan_failed": _("{reason}"),
    "told_repair_raised": _("{repair}"),
    "told_repair_mended": _("Not so any more: {repair}"),
    "told_disk_low": _("{reason}"),
    "told_backup_failed": _("The database could not be backed up. {reason}"),
    "told_gap": _(
        "Nobody has read for so long what happened that some of it is not known any more. Let the "
        "worker run."
    ),
    "told_test": _("This is a test from Aniworld: messages arrive here."),
    "target_gone": _("There is no such target any more."),
    "target_off": _("The target is switched off."),
}


def title_of(kind: str) -> str:
    """What a message of one kind is headed with."""
    return gettext(TITLES[kind])

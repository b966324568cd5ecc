"""What the reasons of decisions say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from aniworld.web import display
from aniworld.web.texts import Params, Text


def _language(params: Params) -> str:
    return display.language(str(params["language"]))


def _named(params: Params) -> str:
    return ", ".join(display.language(str(one)) for one in params["waits_for"])


def _day(params: Params) -> str:
    moment = timezone.localtime(datetime.fromisoformat(params["until"]))
    return date_format(moment, "SHORT_DATETIME_FORMAT")


def _missing(params: Params) -> str:
    return gettext("It is missing, and out in %s.") % _language(params)


def _better(params: Params) -> str:
    return gettext("It is out in %s now, which is wanted more than what is there.") % _language(
        params
    )


def _waits_for_better(params: Params) -> str:
    facts = {"language": _language(params), "day": _day(params), "better": _named(params)}
    if not params["waits_for"]:
        return gettext("%(language)s is taken on %(day)s.") % facts
    return gettext("%(language)s is taken on %(day)s, if %(better)s is not out before.") % facts


def _not_out(params: Params) -> str:
    return gettext("It is not out in a language that is wanted. It waits for: %s.") % _named(params)


def _better_not_out(params: Params) -> str:
    return gettext("It is on disk. It waits for a better language: %s.") % _named(params)


def _budget(params: Params) -> str:
    words = gettext("As many were queued today as may be a day (setting). Its turn is on %s.")
    return words % _day(params)


TEXTS: Mapping[str, Text] = {
    "follow_missing": _missing,
    "follow_better": _better,
    "follow_waits_for_better": _waits_for_better,
    "follow_language_not_out": _not_out,
    "follow_better_not_out": _better_not_out,
    "follow_budget": _budget,
    "follow_off": _("The series is not followed."),
    "follow_not_monitored": _("The series is not monitored: nothing of it counts as missing."),
    "follow_catalogue_held": _(
        "Its catalogue has other numbers: nothing is queued by itself until you have said what "
        "they mean."
    ),
    "follow_queued": _("It is in the queue."),
    "follow_unavailable": _("Its file is on a disk that is away."),
    "follow_unwanted": _("Its file was deleted on purpose: it is not wanted any more."),
    "follow_present": _("It is on disk."),
    "follow_not_listed": _("The catalogue does not list it."),
    "follow_earlier_season": _("It is of a season before the one that is followed from."),
    "follow_not_out": _("It is announced, and in no language out."),
    "follow_not_new": _(
        "It was out before the series was followed: only new episodes are fetched."
    ),
    "follow_no_language": _("No language is taken by itself."),
    "follow_queued_before": _("It was queued by itself before, in each language that is out."),
    "follow_shared_file": _("Its file holds other episodes too: it is not replaced."),
    "follow_language_unknown": _("It is on disk in a language that nobody knows."),
}
